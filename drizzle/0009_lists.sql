DROP INDEX "assets_by_generator";--> statement-breakpoint
DROP INDEX "assets_of_execution";--> statement-breakpoint
DROP INDEX "assets_by_type";--> statement-breakpoint
DROP INDEX "assets_by_mime_type";--> statement-breakpoint
DROP INDEX "assets_by_provider";--> statement-breakpoint
DROP INDEX "assets_by_agent";--> statement-breakpoint
DROP INDEX "assets_counted";--> statement-breakpoint
CREATE INDEX "accounts_people" ON "accounts" USING btree ("org_id",lower(coalesce("name", "id")) collate "C","id") WHERE "accounts"."kind" = 'USER';--> statement-breakpoint
CREATE INDEX "accounts_people_by_text" ON "accounts" USING gin ("org_id",lower(coalesce("name", '') || ' ' || "id") gin_trgm_ops) WHERE "accounts"."kind" = 'USER';--> statement-breakpoint
CREATE INDEX "assets_trashed_in_space" ON "assets" USING btree ("org_id","space_id","deleted_at","id") WHERE "assets"."deleted_at" is not null and "assets"."purging_at" is null and "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_trashed_of_person" ON "assets" USING btree ("org_id","user_id","deleted_at","id") WHERE "assets"."deleted_at" is not null and "assets"."purging_at" is null and "assets"."user_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_type" ON "assets" USING btree ("space_id","type",("deleted_at" is null),"created_at","id","filename","size_bytes","deleted_at") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_mime_type" ON "assets" USING btree ("space_id","mime_type",("deleted_at" is null),"created_at","id","filename","size_bytes","deleted_at") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_provider" ON "assets" USING btree ("space_id","provider",("deleted_at" is null),"created_at","id","filename","size_bytes","deleted_at") WHERE "assets"."space_id" is not null and "assets"."provider" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_agent" ON "assets" USING btree ("space_id","agent_urn",("deleted_at" is null),"created_at","id","filename","size_bytes","deleted_at") WHERE "assets"."space_id" is not null and "assets"."agent_urn" is not null;--> statement-breakpoint
CREATE INDEX "assets_counted" ON "assets" USING btree ("org_id","space_id","deleted_at","size_bytes","type");--> statement-breakpoint
-- Those of partial indexes are not asked: without these the planner takes every word and every range of names for rare.
CREATE STATISTICS "assets_by_search_text" ON (lower("filename" || ' ' || coalesce("description", ''))) FROM "assets";--> statement-breakpoint
CREATE STATISTICS "assets_by_name_key" ON (lower("filename") collate "C") FROM "assets";--> statement-breakpoint
ANALYZE "assets";
