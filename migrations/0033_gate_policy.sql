ALTER TABLE "studies" ADD COLUMN "policy" text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "policy_rules" json;