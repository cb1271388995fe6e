CREATE TYPE "public"."processing_kind" AS ENUM('IMAGE', 'PDF', 'WORD', 'SHEET', 'SLIDES', 'TEXT', 'HTML', 'AUDIO', 'VIDEO');--> statement-breakpoint
CREATE TYPE "public"."processing_status" AS ENUM('NONE', 'PENDING', 'DONE', 'FAILED');--> statement-breakpoint
CREATE TABLE "asset_texts" (
	"asset_id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"space_id" text,
	"text" text NOT NULL,
	"is_cut" boolean NOT NULL,
	"words" "tsvector" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "asset_processing" (
	"asset_id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"kind" "processing_kind" NOT NULL,
	"status" "processing_status" DEFAULT 'PENDING' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"width" integer,
	"height" integer,
	"duration_seconds" double precision,
	"thumbnail_key" text collate "C",
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "asset_processing_thumbnail_key_unique" UNIQUE("thumbnail_key")
);
--> statement-breakpoint
ALTER TABLE "asset_texts" ADD CONSTRAINT "asset_texts_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asset_processing" ADD CONSTRAINT "asset_processing_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "asset_texts_by_words" ON "asset_texts" USING gin ("space_id","words") WHERE "asset_texts"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "asset_processing_pending" ON "asset_processing" USING btree ("kind") WHERE "asset_processing"."status" = 'PENDING';