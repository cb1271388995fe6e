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
ALTER TABLE "upload_prompts" ADD COLUMN "min_files" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "upload_prompts" ADD COLUMN "max_files" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "upload_prompts" ADD COLUMN "holder_session_id" text;--> statement-breakpoint
ALTER TABLE "prompt_assets" ADD CONSTRAINT "prompt_assets_prompt_id_upload_prompts_id_fk" FOREIGN KEY ("prompt_id") REFERENCES "public"."upload_prompts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verified_files" ADD CONSTRAINT "verified_files_upload_id_uploads_id_fk" FOREIGN KEY ("upload_id") REFERENCES "public"."uploads"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
INSERT INTO "prompt_assets" SELECT "id", 0, (SELECT "asset_id" FROM "uploads" WHERE "uploads"."id" = "upload_id") FROM "upload_prompts" WHERE "status" = 'UPLOADED';
