CREATE TYPE "public"."erasure_kind" AS ENUM('USER', 'AGENT', 'MEMORY', 'EXECUTION');--> statement-breakpoint
CREATE TABLE "erasures" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"kind" "erasure_kind" NOT NULL,
	"subject" text NOT NULL,
	"requested_by_kind" "actor_kind" NOT NULL,
	"requested_by_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "erasures_org_id_kind_subject_unique" UNIQUE("org_id","kind","subject")
);
--> statement-breakpoint
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_org_id_organizations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "assets_by_uploader" ON "assets" USING btree ("org_id","uploaded_by_id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_generator" ON "assets" USING btree ("org_id","agent_urn") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_execution" ON "assets" USING btree ("org_id","execution_id") WHERE "assets"."execution_id" is not null;--> statement-breakpoint
CREATE INDEX "purged_assets_of_agent" ON "purged_assets" USING btree ("org_id","agent_urn","user_id");--> statement-breakpoint
CREATE INDEX "memories_of_agent" ON "memories" USING btree ("org_id","agent_urn");--> statement-breakpoint
CREATE INDEX "upload_prompts_revoked" ON "upload_prompts" USING btree ("org_id","resolved_by_id") WHERE "upload_prompts"."reason" = 'REVOKED';--> statement-breakpoint
CREATE INDEX "uploads_by_creator" ON "uploads" USING btree ("org_id","created_by_id") WHERE "uploads"."prompt_id" is null;--> statement-breakpoint
CREATE INDEX "uploads_by_generator" ON "uploads" USING btree ("org_id","agent_urn") WHERE "uploads"."prompt_id" is null;--> statement-breakpoint
CREATE INDEX "uploads_of_execution" ON "uploads" USING btree ("org_id","execution_id") WHERE "uploads"."execution_id" is not null;