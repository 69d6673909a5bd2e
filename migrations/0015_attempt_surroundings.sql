ALTER TABLE "attempts" ADD COLUMN "packages_hash" text;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "ran_on" jsonb;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "needs" json;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "packages_hash" text;