DROP INDEX "trials_queue";--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "priority" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "priority" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "trials_queue" ON "trials" USING btree ("priority" DESC NULLS FIRST,"id","study_id") WHERE "trials"."state" = 'queued';