ALTER TABLE "uploads" ADD COLUMN "part_size_bytes" bigint;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "multipart_id" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "latest_end" timestamp (3) with time zone;