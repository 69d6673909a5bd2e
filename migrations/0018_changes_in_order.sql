DROP INDEX "trials_changes";--> statement-breakpoint
CREATE INDEX "trials_changes" ON "trials" USING btree ("study_id","revision","number");