ALTER TYPE "public"."attempt_ending" ADD VALUE 'paused';--> statement-breakpoint
ALTER TYPE "public"."trial_state" ADD VALUE 'paused' BEFORE 'complete';--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "pause_requested_by" text;--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "paused_by" text;--> statement-breakpoint
CREATE INDEX "trials_waiting" ON "trials" USING btree ("study_id") WHERE "trials"."paused_by" is not null;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_paused" CHECK (("trials"."state"::text = 'paused') = ("trials"."paused_by" is not null) and ("trials"."pause_requested_by" is null or "trials"."state" = 'running')
          and ("trials"."paused_by" is null or (num_nonnulls("trials"."lease_token", "trials"."lease_ms", "trials"."lease_expires_at", "trials"."cancel_requested_by") = 0 and num_nonnulls("trials"."worker", "trials"."started_at") in (0, 2) and num_nonnulls("trials"."at_step", "trials"."reason") in (0, 2)
            and num_nonnulls("trials"."finished_at", "trials"."value", "trials"."metric_names", "trials"."metric_values", "trials"."error", "trials"."cancelled_by") = 0)));--> statement-breakpoint
-- A paused trial is not finished. By the column and not by the state: its new value cannot be used where it is added.
DROP TRIGGER "finished_trials_never_change" ON "trials";
--> statement-breakpoint
CREATE TRIGGER "finished_trials_never_change" BEFORE UPDATE ON "trials"
	FOR EACH ROW WHEN (OLD."state" NOT IN ('queued', 'running') AND OLD."paused_by" IS NULL) EXECUTE FUNCTION "refuse_change"();
