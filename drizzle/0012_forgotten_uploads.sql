ALTER TABLE "assets" ADD COLUMN "replaced_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "deletions" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "purged_assets" ADD COLUMN "execution_id" text;--> statement-breakpoint
CREATE INDEX "purged_assets_of_execution" ON "purged_assets" USING btree ("org_id","execution_id") WHERE "purged_assets"."execution_id" is not null;--> statement-breakpoint
CREATE INDEX "uploads_of_asset" ON "uploads" USING btree ("asset_id") WHERE "uploads"."asset_id" is not null;--> statement-breakpoint
CREATE INDEX "uploads_replacing" ON "uploads" USING btree ("replaces_asset_id") WHERE "uploads"."replaces_asset_id" is not null;--> statement-breakpoint
UPDATE "purged_assets" SET "execution_id" = "uploads"."execution_id" FROM "uploads"
  WHERE "uploads"."asset_id" = "purged_assets"."id" AND "uploads"."execution_id" IS NOT NULL;--> statement-breakpoint
-- Of what is gone for good: from here on they go with it.
DELETE FROM "uploads" WHERE "status" <> 'OPEN' AND coalesce("replaces_asset_id", "asset_id") IS NOT NULL
  AND NOT EXISTS (SELECT FROM "assets" WHERE "assets"."id" = coalesce("replaces_asset_id", "uploads"."asset_id"))
  AND NOT EXISTS (SELECT FROM "verified_files" WHERE "upload_id" = "uploads"."id");
