DROP INDEX "upload_prompts_open_of_agent";--> statement-breakpoint
DROP INDEX "upload_prompts_open_of_person";--> statement-breakpoint
CREATE INDEX "upload_prompts_of_person_by_status" ON "upload_prompts" USING btree ("org_id","user_id","status","created_at","id");--> statement-breakpoint
CREATE INDEX "upload_prompts_of_agent_by_status" ON "upload_prompts" USING btree ("org_id","agent_urn","status","created_at","id");--> statement-breakpoint
CREATE INDEX "upload_prompts_open_of_person" ON "upload_prompts" USING btree ("org_id","user_id","created_at","id") WHERE "upload_prompts"."status" in ('PENDING', 'UPLOADING');