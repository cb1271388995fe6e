DROP INDEX "assets_of_memory";--> statement-breakpoint
DROP INDEX "assets_of_memory_by_type";--> statement-breakpoint
ALTER TABLE "asset_texts" ADD COLUMN "memory_id" text;--> statement-breakpoint
UPDATE "asset_texts" SET "memory_id" = "assets"."memory_id" FROM "assets" WHERE "assets"."id" = "asset_id" AND "assets"."memory_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "asset_texts_of_memory_by_words" ON "asset_texts" USING gin ("memory_id","words") WHERE "asset_texts"."memory_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_memory_by_name" ON "assets" USING btree ("memory_id",("deleted_at" is null),(case when "key_version" is null then '0' || lower("filename") else '1' || "id" end) collate "C","id") WHERE "assets"."memory_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_memory_by_size" ON "assets" USING btree ("memory_id",("deleted_at" is null),"size_bytes","id") WHERE "assets"."memory_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_memory_by_text" ON "assets" USING gin ("memory_id",lower("filename" || ' ' || coalesce("description", '')) gin_trgm_ops) WHERE "assets"."memory_id" is not null and "assets"."key_version" is null;--> statement-breakpoint
CREATE INDEX "assets_of_memory" ON "assets" USING btree ("memory_id","created_at","id") WHERE "assets"."memory_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_memory_by_type" ON "assets" USING btree ("memory_id","type","created_at","id") WHERE "assets"."memory_id" is not null;--> statement-breakpoint
-- As for the names in spaces: those of partial indexes are not asked.
CREATE STATISTICS "assets_by_memory_name_key" ON ((case when "key_version" is null then '0' || lower("filename") else '1' || "id" end) collate "C") FROM "assets";--> statement-breakpoint
ANALYZE "assets";--> statement-breakpoint
ANALYZE "asset_texts";
