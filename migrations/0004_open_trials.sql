DROP INDEX "trials_under_way";--> statement-breakpoint
DROP INDEX "trials_queue";--> statement-breakpoint
CREATE INDEX "trials_open" ON "trials" USING btree ("study_id") WHERE "trials"."state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "trials_queue" ON "trials" USING btree ("id","study_id") WHERE "trials"."state" = 'queued';