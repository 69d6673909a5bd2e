ALTER TABLE "studies" ADD COLUMN "space_before" json;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "evidence_ahead" json;