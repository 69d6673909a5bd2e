ALTER TABLE "studies" ADD COLUMN "budget_rules" json;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "ended_because" text;