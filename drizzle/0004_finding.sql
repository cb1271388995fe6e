-- Both are trusted: a role that may CREATE in the database may create them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS btree_gin;--> statement-breakpoint
DROP INDEX "assets_of_space";--> statement-breakpoint
DROP INDEX "assets_of_folder";--> statement-breakpoint
CREATE INDEX "assets_of_space_by_age" ON "assets" USING btree ("space_id",("deleted_at" is null),"created_at","id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_space_by_name" ON "assets" USING btree ("space_id",("deleted_at" is null),lower("filename") collate "C","id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_space_by_size" ON "assets" USING btree ("space_id",("deleted_at" is null),"size_bytes","id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_place_by_age" ON "assets" USING btree (coalesce("folder_id", "space_id"),("deleted_at" is null),"created_at","id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_place_by_name" ON "assets" USING btree (coalesce("folder_id", "space_id"),("deleted_at" is null),lower("filename") collate "C","id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_place_by_size" ON "assets" USING btree (coalesce("folder_id", "space_id"),("deleted_at" is null),"size_bytes","id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_type" ON "assets" USING btree ("space_id","type",("deleted_at" is null),"created_at","id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_mime_type" ON "assets" USING btree ("space_id","mime_type",("deleted_at" is null),"created_at","id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_execution" ON "assets" USING btree ("space_id","execution_id",("deleted_at" is null),"created_at","id") WHERE "assets"."space_id" is not null and "assets"."execution_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_provider" ON "assets" USING btree ("space_id","provider",("deleted_at" is null),"created_at","id") WHERE "assets"."space_id" is not null and "assets"."provider" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_agent" ON "assets" USING btree ("space_id","agent_urn",("deleted_at" is null),"created_at","id") WHERE "assets"."space_id" is not null and "assets"."agent_urn" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_scan_status" ON "assets" USING btree ("space_id","scan_status",("deleted_at" is null),"created_at","id") WHERE "assets"."space_id" is not null and "assets"."scan_status" <> 'CLEAN';--> statement-breakpoint
CREATE INDEX "assets_by_text" ON "assets" USING gin ("space_id",lower("filename" || ' ' || coalesce("description", '')) gin_trgm_ops) WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_folder" ON "assets" USING btree ("folder_id") WHERE "assets"."folder_id" is not null;