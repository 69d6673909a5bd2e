CREATE TYPE "public"."study_standing" AS ENUM('open', 'paused', 'stopped');--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "standing" "study_standing" DEFAULT 'open' NOT NULL;--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "order_key" uuid;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_order" UNIQUE("order_key");