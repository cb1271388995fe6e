CREATE TABLE "unlock_attempts" (
	"subject" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"resets_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "vault_keys" (
	"memory_id" text NOT NULL,
	"version" integer NOT NULL,
	"wrapped_key" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "vault_keys_memory_id_version_pk" PRIMARY KEY("memory_id","version")
);
--> statement-breakpoint
CREATE TABLE "vaults" (
	"memory_id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"wrap_id" text NOT NULL,
	"salt" text NOT NULL,
	"memory_kib" integer NOT NULL,
	"passes" integer NOT NULL,
	"lanes" integer NOT NULL,
	"is_rotation_due" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "verified_files" ALTER COLUMN "storage_key" SET DATA TYPE text collate "C";--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "key_version" integer;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "sealed_filename" text;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "sealed_description" text;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "sealed_storage_key" text;--> statement-breakpoint
ALTER TABLE "memories" ADD COLUMN "key_version" integer;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "key_version" integer;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "sealed_filename" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "sealed_description" text;--> statement-breakpoint
ALTER TABLE "vault_keys" ADD CONSTRAINT "vault_keys_memory_id_vaults_memory_id_fk" FOREIGN KEY ("memory_id") REFERENCES "public"."vaults"("memory_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vaults" ADD CONSTRAINT "vaults_memory_id_memories_id_fk" FOREIGN KEY ("memory_id") REFERENCES "public"."memories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "unlock_attempts_by_reset" ON "unlock_attempts" USING btree ("resets_at");--> statement-breakpoint
CREATE INDEX "assets_by_key" ON "assets" USING btree ("memory_id","key_version") WHERE "assets"."key_version" is not null;--> statement-breakpoint
CREATE INDEX "uploads_of_memory" ON "uploads" USING btree ("memory_id","key_version");