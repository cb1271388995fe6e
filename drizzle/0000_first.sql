CREATE TYPE "public"."actor_kind" AS ENUM('USER', 'APP', 'SERVICE_ACCOUNT');--> statement-breakpoint
CREATE TYPE "public"."asset_type" AS ENUM('DOCUMENT', 'IMAGE', 'AUDIO', 'VIDEO', 'OTHER');--> statement-breakpoint
CREATE TYPE "public"."scan_status" AS ENUM('PENDING', 'CLEAN', 'BLOCKED');--> statement-breakpoint
CREATE TYPE "public"."upload_prompt_reason" AS ENUM('USER', 'AGENT_CANCELLED', 'REVOKED', 'NO_ANSWER', 'UPLOAD_INCOMPLETE');--> statement-breakpoint
CREATE TYPE "public"."upload_prompt_status" AS ENUM('PENDING', 'UPLOADING', 'UPLOADED', 'DECLINED', 'TIMEOUT');--> statement-breakpoint
CREATE TYPE "public"."upload_status" AS ENUM('OPEN', 'COMPLETED', 'ABORTED', 'EXPIRED');--> statement-breakpoint
CREATE TABLE "accounts" (
	"org_id" text NOT NULL,
	"kind" "actor_kind" NOT NULL,
	"id" text NOT NULL,
	"name" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "accounts_org_id_kind_id_pk" PRIMARY KEY("org_id","kind","id")
);
--> statement-breakpoint
CREATE TABLE "agents" (
	"org_id" text NOT NULL,
	"urn" text NOT NULL,
	"name" text NOT NULL,
	"app_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agents_org_id_urn_pk" PRIMARY KEY("org_id","urn"),
	CONSTRAINT "agents_app_id_unique" UNIQUE("app_id")
);
--> statement-breakpoint
CREATE TABLE "app_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"agent_urn" text NOT NULL,
	"name" text NOT NULL,
	"secret_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "app_keys_secret_hash_unique" UNIQUE("secret_hash")
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_kind" "actor_kind" NOT NULL,
	"actor_id" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" text PRIMARY KEY NOT NULL,
	"external_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organizations_external_id_unique" UNIQUE("external_id")
);
--> statement-breakpoint
CREATE TABLE "assets" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"memory_id" text NOT NULL,
	"agent_urn" text NOT NULL,
	"user_id" text NOT NULL,
	"filename" text NOT NULL,
	"mime_type" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text,
	"type" "asset_type" NOT NULL,
	"scan_status" "scan_status" DEFAULT 'PENDING' NOT NULL,
	"scan_reason" text,
	"description" text,
	"storage_key" text NOT NULL,
	"etag" text NOT NULL,
	"uploaded_by_kind" "actor_kind" NOT NULL,
	"uploaded_by_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "assets_storage_key_unique" UNIQUE("storage_key")
);
--> statement-breakpoint
CREATE TABLE "spent_downloads" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "capabilities" (
	"org_id" text NOT NULL,
	"agent_urn" text NOT NULL,
	"agent_tools" text[] DEFAULT '{}' NOT NULL,
	"max_size_bytes" bigint,
	"allowed_mime_types" text[],
	"prompt_timeout_seconds" integer,
	CONSTRAINT "capabilities_org_id_agent_urn_pk" PRIMARY KEY("org_id","agent_urn")
);
--> statement-breakpoint
CREATE TABLE "memories" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"agent_urn" text NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memories_org_id_user_id_agent_urn_unique" UNIQUE("org_id","user_id","agent_urn")
);
--> statement-breakpoint
CREATE TABLE "upload_prompts" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"agent_urn" text NOT NULL,
	"user_id" text NOT NULL,
	"memory_id" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"status" "upload_prompt_status" DEFAULT 'PENDING' NOT NULL,
	"reason" "upload_prompt_reason",
	"note" text,
	"conversation_id" text,
	"prompt" text NOT NULL,
	"allowed_mime_types" text[] NOT NULL,
	"max_size_bytes" bigint NOT NULL,
	"idempotency_key" text,
	"input_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"hard_expires_at" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by_kind" "actor_kind",
	"resolved_by_id" text,
	"resolved_session_id" text,
	"upload_id" text
);
--> statement-breakpoint
CREATE TABLE "storage_usage" (
	"org_id" text PRIMARY KEY NOT NULL,
	"quota_bytes" bigint,
	"used_bytes" bigint DEFAULT 0 NOT NULL,
	"reserved_bytes" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "usage_not_negative" CHECK ("storage_usage"."used_bytes" >= 0 and "storage_usage"."reserved_bytes" >= 0)
);
--> statement-breakpoint
CREATE TABLE "uploads" (
	"id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"prompt_id" text NOT NULL,
	"memory_id" text NOT NULL,
	"agent_urn" text NOT NULL,
	"user_id" text NOT NULL,
	"status" "upload_status" DEFAULT 'OPEN' NOT NULL,
	"filename" text NOT NULL,
	"mime_type" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text,
	"description" text,
	"staging_key" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_by_kind" "actor_kind" NOT NULL,
	"created_by_id" text NOT NULL,
	"session_id" text NOT NULL,
	"asset_id" text,
	"completing_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_org_id_organizations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_org_id_organizations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app_keys" ADD CONSTRAINT "app_keys_org_id_agent_urn_agents_org_id_urn_fk" FOREIGN KEY ("org_id","agent_urn") REFERENCES "public"."agents"("org_id","urn") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_memory_id_memories_id_fk" FOREIGN KEY ("memory_id") REFERENCES "public"."memories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "capabilities" ADD CONSTRAINT "capabilities_org_id_agent_urn_agents_org_id_urn_fk" FOREIGN KEY ("org_id","agent_urn") REFERENCES "public"."agents"("org_id","urn") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memories" ADD CONSTRAINT "memories_org_id_agent_urn_agents_org_id_urn_fk" FOREIGN KEY ("org_id","agent_urn") REFERENCES "public"."agents"("org_id","urn") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "upload_prompts" ADD CONSTRAINT "upload_prompts_memory_id_memories_id_fk" FOREIGN KEY ("memory_id") REFERENCES "public"."memories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "storage_usage" ADD CONSTRAINT "storage_usage_org_id_organizations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_memory_id_memories_id_fk" FOREIGN KEY ("memory_id") REFERENCES "public"."memories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "app_keys_of_agent" ON "app_keys" USING btree ("org_id","agent_urn","created_at","id");--> statement-breakpoint
CREATE INDEX "audit_entries_newest" ON "audit_entries" USING btree ("org_id","at","id");--> statement-breakpoint
CREATE INDEX "assets_of_person" ON "assets" USING btree ("org_id","user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "assets_of_memory" ON "assets" USING btree ("org_id","user_id","agent_urn","created_at","id");--> statement-breakpoint
CREATE INDEX "assets_of_memory_by_type" ON "assets" USING btree ("org_id","user_id","agent_urn","type","created_at","id");--> statement-breakpoint
CREATE INDEX "spent_downloads_by_expiry" ON "spent_downloads" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "upload_prompts_idempotency" ON "upload_prompts" USING btree ("org_id","agent_urn","idempotency_key");--> statement-breakpoint
CREATE INDEX "upload_prompts_of_person" ON "upload_prompts" USING btree ("org_id","user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "upload_prompts_of_agent" ON "upload_prompts" USING btree ("org_id","agent_urn","created_at","id");--> statement-breakpoint
CREATE INDEX "upload_prompts_open_of_person" ON "upload_prompts" USING btree ("org_id","user_id") WHERE "upload_prompts"."status" in ('PENDING', 'UPLOADING');--> statement-breakpoint
CREATE INDEX "upload_prompts_open_of_agent" ON "upload_prompts" USING btree ("org_id","agent_urn") WHERE "upload_prompts"."status" in ('PENDING', 'UPLOADING');--> statement-breakpoint
CREATE INDEX "upload_prompts_by_deadline" ON "upload_prompts" USING btree ((case when "status" = 'UPLOADING' then "hard_expires_at" else "expires_at" end)) WHERE "upload_prompts"."status" in ('PENDING', 'UPLOADING');--> statement-breakpoint
CREATE INDEX "uploads_of_prompt" ON "uploads" USING btree ("prompt_id");--> statement-breakpoint
CREATE INDEX "uploads_by_lease" ON "uploads" USING btree ("expires_at") WHERE "uploads"."status" = 'OPEN';