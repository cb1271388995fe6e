ALTER TABLE "storage_usage" ADD COLUMN "next_check_at" timestamp (3) with time zone DEFAULT now() + interval '1 day' NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_entries_of_subject" ON "audit_entries" USING btree ("org_id","subject","at","id");--> statement-breakpoint
CREATE INDEX "audit_entries_of_action" ON "audit_entries" USING btree ("org_id","action","at","id");--> statement-breakpoint
CREATE INDEX "assets_counted" ON "assets" USING btree ("org_id","space_id","deleted_at","size_bytes");--> statement-breakpoint
CREATE INDEX "storage_usage_by_next_check" ON "storage_usage" USING btree ("next_check_at");--> statement-breakpoint
CREATE INDEX "uploads_reserving" ON "uploads" USING btree ("org_id","size_bytes") WHERE "uploads"."status" = 'OPEN';--> statement-breakpoint
-- What is on record stays as it was written, also for whoever holds the application's own connection.
CREATE FUNCTION "refuse_change_of_record"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;--> statement-breakpoint
CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entries"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_record"();
