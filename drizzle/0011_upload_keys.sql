ALTER TABLE "uploads" ADD COLUMN "idempotency_key" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "input_hash" text;--> statement-breakpoint
CREATE UNIQUE INDEX "uploads_idempotency" ON "uploads" USING btree ("org_id","created_by_kind","created_by_id","idempotency_key") WHERE "uploads"."idempotency_key" is not null and "uploads"."status" in ('OPEN', 'COMPLETED');