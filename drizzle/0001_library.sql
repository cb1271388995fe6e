CREATE TYPE "public"."asset_event_kind" AS ENUM('CREATED', 'UPDATED', 'DELETED', 'RESTORED', 'PURGED');--> statement-breakpoint
CREATE TABLE "asset_events" (
	"owner_id" text NOT NULL,
	"version" integer NOT NULL,
	"kind" "asset_event_kind" NOT NULL,
	"asset_id" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "asset_events_owner_id_version_pk" PRIMARY KEY("owner_id","version")
);
--> statement-breakpoint
CREATE TABLE "asset_feeds" (
	"owner_id" text PRIMARY KEY NOT NULL,
	"last_version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "purged_assets" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"agent_urn" text NOT NULL,
	"user_id" text NOT NULL,
	"purged_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "prompt_assets" (
	"prompt_id" text NOT NULL,
	"position" integer NOT NULL,
	"asset_id" text NOT NULL,
	CONSTRAINT "prompt_assets_prompt_id_position_pk" PRIMARY KEY("prompt_id","position")
);
--> statement-breakpoint
CREATE TABLE "verified_files" (
	"upload_id" text PRIMARY KEY NOT NULL,
	"storage_key" text NOT NULL,
	"etag" text NOT NULL,
	"mime_type" text NOT NULL,
	"type" "asset_type" NOT NULL,
	"verified_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "verified_files_storage_key_unique" UNIQUE("storage_key")
);
--> statement-breakpoint
ALTER TABLE "assets" ALTER COLUMN "storage_key" SET DATA TYPE text collate "C";--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "restorable_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "purging_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "bytes_gone_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "upload_prompts" ADD COLUMN "min_files" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "upload_prompts" ADD COLUMN "max_files" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "upload_prompts" ADD COLUMN "holder_session_id" text;--> statement-breakpoint
ALTER TABLE "prompt_assets" ADD CONSTRAINT "prompt_assets_prompt_id_upload_prompts_id_fk" FOREIGN KEY ("prompt_id") REFERENCES "public"."upload_prompts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verified_files" ADD CONSTRAINT "verified_files_upload_id_uploads_id_fk" FOREIGN KEY ("upload_id") REFERENCES "public"."uploads"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "asset_events_by_age" ON "asset_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "assets_due_for_purge" ON "assets" USING btree ("restorable_until") WHERE "assets"."deleted_at" is not null and "assets"."purging_at" is null;--> statement-breakpoint
CREATE INDEX "uploads_open_at_key" ON "uploads" USING btree ("staging_key") WHERE "uploads"."status" = 'OPEN';--> statement-breakpoint
INSERT INTO "prompt_assets" SELECT "id", 0, (SELECT "asset_id" FROM "uploads" WHERE "uploads"."id" = "upload_id") FROM "upload_prompts" WHERE "status" = 'UPLOADED';