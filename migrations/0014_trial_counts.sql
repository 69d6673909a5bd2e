ALTER TABLE "studies" DROP CONSTRAINT "studies_counts";--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "pruned_trials" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "failed_trials" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "studies" ADD CONSTRAINT "studies_counts" CHECK (least("studies"."cancelled_trials", "studies"."pruned_trials", "studies"."failed_trials") >= 0
        and "studies"."cancelled_trials" + "studies"."pruned_trials" + "studies"."failed_trials" <= "studies"."next_number");
--> statement-breakpoint
-- Whoever ends a trial so is counted; no verb has to remember to. Finished trials never change: each is counted once.

CREATE FUNCTION "count_trial"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE studies SET pruned_trials = pruned_trials + (NEW.state = 'pruned')::int, failed_trials = failed_trials + (NEW.state = 'failed')::int
		WHERE id = NEW.study_id;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "trials_count" AFTER INSERT OR UPDATE ON "trials"
	FOR EACH ROW WHEN (NEW."state" IN ('pruned', 'failed')) EXECUTE FUNCTION "count_trial"();
--> statement-breakpoint
UPDATE "studies" SET pruned_trials = counted.pruned, failed_trials = counted.failed
	FROM (
		SELECT study_id, count(*) FILTER (WHERE state = 'pruned') AS pruned, count(*) FILTER (WHERE state = 'failed') AS failed
		FROM "trials" GROUP BY study_id
	) AS counted
	WHERE "studies"."id" = counted.study_id;
