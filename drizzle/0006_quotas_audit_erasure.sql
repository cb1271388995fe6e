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
ALTER TABLE "storage_usage" ADD COLUMN "next_check_at" timestamp (3) with time zone DEFAULT now() + interval '1 day' NOT NULL;--> statement-breakpoint
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_org_id_organizations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entries_of_subject" ON "audit_entries" USING btree ("org_id","subject","at","id");--> statement-breakpoint
CREATE INDEX "audit_entries_of_action" ON "audit_entries" USING btree ("org_id","action","at","id");--> statement-breakpoint
CREATE INDEX "assets_by_uploader" ON "assets" USING btree ("org_id","uploaded_by_id") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_by_generator" ON "assets" USING btree ("org_id","agent_urn") WHERE "assets"."space_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_of_execution" ON "assets" USING btree ("org_id","execution_id") WHERE "assets"."execution_id" is not null;--> statement-breakpoint
CREATE INDEX "assets_counted" ON "assets" USING btree ("org_id","space_id","deleted_at","size_bytes");--> statement-breakpoint
CREATE INDEX "purged_assets_of_agent" ON "purged_assets" USING btree ("org_id","agent_urn","user_id");--> statement-breakpoint
CREATE INDEX "memories_of_agent" ON "memories" USING btree ("org_id","agent_urn");--> statement-breakpoint
CREATE INDEX "upload_prompts_revoked" ON "upload_prompts" USING btree ("org_id","resolved_by_id") WHERE "upload_prompts"."reason" = 'REVOKED';--> statement-breakpoint
CREATE INDEX "storage_usage_by_next_check" ON "storage_usage" USING btree ("next_check_at");--> statement-breakpoint
CREATE INDEX "uploads_by_creator" ON "uploads" USING btree ("org_id","created_by_id") WHERE "uploads"."prompt_id" is null;--> statement-breakpoint
CREATE INDEX "uploads_by_generator" ON "uploads" USING btree ("org_id","agent_urn") WHERE "uploads"."prompt_id" is null;--> statement-breakpoint
CREATE INDEX "uploads_of_execution" ON "uploads" USING btree ("org_id","execution_id") WHERE "uploads"."execution_id" is not null;--> statement-breakpoint
CREATE INDEX "uploads_reserving" ON "uploads" USING btree ("org_id","size_bytes") WHERE "uploads"."status" = 'OPEN';--> statement-breakpoint
-- What is on record stays as it was written, also for whoever holds the application's own connection.
CREATE FUNCTION "refuse_change_of_record"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;--> statement-breakpoint
CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entries"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_record"();
