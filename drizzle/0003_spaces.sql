CREATE TYPE "public"."permission" AS ENUM('ASSETS_READ', 'ASSETS_CREATE', 'ASSETS_UPDATE', 'ASSETS_DELETE');--> statement-breakpoint
CREATE TABLE "space_usage" (
	"org_id" text NOT NULL,
	"space_id" text,
	"used_bytes" bigint DEFAULT 0 NOT NULL,
	"asset_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "space_usage_of_place" UNIQUE NULLS NOT DISTINCT("org_id","space_id"),
	CONSTRAINT "space_usage_not_negative" CHECK ("space_usage"."used_bytes" >= 0 and "space_usage"."asset_count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "folders" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"space_id" text NOT NULL,
	"parent_id" text,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by_kind" "actor_kind" NOT NULL,
	"created_by_id" text NOT NULL,
	CONSTRAINT "folders_name_among_siblings" UNIQUE NULLS NOT DISTINCT("space_id","parent_id","name")
);
--> statement-breakpoint
CREATE TABLE "roles" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"name" text NOT NULL,
	"permissions" "permission"[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "roles_org_id_name_unique" UNIQUE("org_id","name")
);
--> statement-breakpoint
CREATE TABLE "space_members" (
	"space_id" text NOT NULL,
	"org_id" text NOT NULL,
	"kind" "actor_kind" NOT NULL,
	"id" text NOT NULL,
	"role_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "space_members_space_id_kind_id_pk" PRIMARY KEY("space_id","kind","id")
);
--> statement-breakpoint
CREATE TABLE "spaces" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "spaces_org_id_name_unique" UNIQUE("org_id","name")
);
--> statement-breakpoint
ALTER TABLE "assets" ALTER COLUMN "memory_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "assets" ALTER COLUMN "agent_urn" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "assets" ALTER COLUMN "user_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "purged_assets" ALTER COLUMN "agent_urn" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "purged_assets" ALTER COLUMN "user_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "uploads" ALTER COLUMN "prompt_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "uploads" ALTER COLUMN "memory_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "uploads" ALTER COLUMN "agent_urn" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "uploads" ALTER COLUMN "user_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "space_id" text;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "folder_id" text;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "execution_id" text;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "provider" text;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "metadata" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "purged_assets" ADD COLUMN "space_id" text;--> statement-breakpoint
ALTER TABLE "storage_usage" ADD COLUMN "trashed_bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "space_id" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "folder_id" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "replaces_asset_id" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "execution_id" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "provider" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "metadata" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "space_usage" ADD CONSTRAINT "space_usage_org_id_organizations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "space_usage" ADD CONSTRAINT "space_usage_space_id_spaces_id_fk" FOREIGN KEY ("space_id") REFERENCES "public"."spaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "folders" ADD CONSTRAINT "folders_space_id_spaces_id_fk" FOREIGN KEY ("space_id") REFERENCES "public"."spaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "folders" ADD CONSTRAINT "folders_parent_id_folders_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."folders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_org_id_organizations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "space_members" ADD CONSTRAINT "space_members_space_id_spaces_id_fk" FOREIGN KEY ("space_id") REFERENCES "public"."spaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spaces" ADD CONSTRAINT "spaces_org_id_organizations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "folders_of_parent" ON "folders" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "space_members_by_member" ON "space_members" USING btree ("org_id","kind","id");--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_space_id_spaces_id_fk" FOREIGN KEY ("space_id") REFERENCES "public"."spaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_folder_id_folders_id_fk" FOREIGN KEY ("folder_id") REFERENCES "public"."folders"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_space_id_spaces_id_fk" FOREIGN KEY ("space_id") REFERENCES "public"."spaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "assets_of_space" ON "assets" USING btree ("space_id","created_at","id");--> statement-breakpoint
CREATE INDEX "assets_of_folder" ON "assets" USING btree ("folder_id","created_at","id");--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "asset_in_memory_or_space" CHECK (("assets"."memory_id" is null) <> ("assets"."space_id" is null));--> statement-breakpoint
ALTER TABLE "storage_usage" ADD CONSTRAINT "trash_within_usage" CHECK ("storage_usage"."trashed_bytes" between 0 and "storage_usage"."used_bytes");--> statement-breakpoint
-- Organizations from before: each gets its first space, which may as well have the organization's own id.
INSERT INTO "spaces" ("id", "org_id", "name") SELECT "id", "id", 'Default' FROM "organizations";--> statement-breakpoint
INSERT INTO "space_usage" ("org_id", "space_id", "used_bytes", "asset_count")
	SELECT "org_id", NULL, sum("size_bytes"), count(*) FROM "assets" GROUP BY "org_id";--> statement-breakpoint
UPDATE "storage_usage" u SET "trashed_bytes" = (
	SELECT coalesce(sum("size_bytes"), 0) FROM "assets" a WHERE a."org_id" = u."org_id" AND a."deleted_at" IS NOT NULL);
