DROP INDEX "assets_counted";--> statement-breakpoint
CREATE INDEX "accounts_people" ON "accounts" USING btree ("org_id",lower(coalesce("name", "id")) collate "C","id") WHERE "accounts"."kind" = 'USER';--> statement-breakpoint
CREATE INDEX "accounts_people_by_text" ON "accounts" USING gin ("org_id",lower(coalesce("name", '') || ' ' || "id") gin_trgm_ops) WHERE "accounts"."kind" = 'USER';--> statement-breakpoint
CREATE INDEX "assets_counted" ON "assets" USING btree ("org_id","space_id","deleted_at","size_bytes","type");