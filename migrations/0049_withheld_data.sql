ALTER TABLE "attempt_data" ADD COLUMN "withheld_from" timestamp with time zone;
--> statement-breakpoint
-- How far the search looked only grows, and so does what it was handed: null is all of it.
DROP TRIGGER "attempt_data_only_grow" ON "attempt_data";
--> statement-breakpoint
CREATE TRIGGER "attempt_data_only_grow" BEFORE UPDATE ON "attempt_data"
	FOR EACH ROW WHEN ((OLD."trial_id", OLD."attempt", OLD."name", OLD."hash") IS DISTINCT FROM (NEW."trial_id", NEW."attempt", NEW."name", NEW."hash")
		OR (OLD."searched_until" IS NOT NULL AND (NEW."searched_until" IS NULL OR NEW."searched_until" < OLD."searched_until"))
		OR (NEW."withheld_from" IS NOT NULL AND (OLD."withheld_from" IS NULL OR NEW."withheld_from" < OLD."withheld_from")))
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
DROP FUNCTION "seen_until"(bigint, integer, text, timestamp with time zone);
--> statement-breakpoint
-- How far into a content of data an attempt may have looked. One that kept a report or a value, and did not say how far its search looks, may have seen
-- all that it was handed. What it was handed is a fact of the attempt: the vault of its study may be another one since. Null: it neither said nor kept anything.
CREATE FUNCTION "seen_until"("of_trial" bigint, "of_attempt" integer, "said" timestamp with time zone, "withheld" timestamp with time zone)
	RETURNS timestamp with time zone LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT coalesce(said, CASE
		WHEN EXISTS (SELECT FROM public.reports WHERE trial_id = of_trial AND attempt = of_attempt)
			OR EXISTS (SELECT FROM public.trials WHERE id = of_trial AND attempt = of_attempt AND state IN ('complete', 'pruned'))
		THEN coalesce(withheld, 'infinity') END)
$$;
--> statement-breakpoint
-- As in 0044, by what was withheld from each attempt.
CREATE OR REPLACE FUNCTION "keep_what_was_tried"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	removed integer;
BEGIN
	INSERT INTO public.removed_studies (name, trials_tried, trial_sharpes, trial_turnovers)
		SELECT OLD.name, count(*) FILTER (WHERE state IN ('complete', 'pruned', 'failed') OR EXISTS (SELECT FROM public.reports WHERE trial_id = trials.id)),
			coalesce(array_agg(coalesce(metric_values[array_position(metric_names, 'sharpeDaily')], 'NaN') ORDER BY number) FILTER (WHERE state = 'complete'), '{}'),
			coalesce(array_agg(coalesce(metric_values[array_position(metric_names, 'turnover')], 'NaN') ORDER BY number) FILTER (WHERE state = 'complete'), '{}')
		FROM public.trials WHERE study_id = OLD.id
		RETURNING id INTO removed;
	INSERT INTO public.removed_study_data (removed_id, name, hash, searched_until)
		SELECT removed, name, hash, (SELECT max(public.seen_until(trial_id, attempt_data.attempt, searched_until, withheld_from))
			FROM public.attempt_data JOIN public.trials ON trials.id = trial_id WHERE trials.study_id = OLD.id AND attempt_data.name = study_data.name)
		FROM public.study_data WHERE study_id = OLD.id;
	INSERT INTO public.removed_trials (removed_id, number, definition)
		SELECT removed, number, public.trial_definition(id) FROM public.trials
		WHERE study_id = OLD.id AND (state IN ('complete', 'pruned', 'failed') OR EXISTS (SELECT FROM public.reports WHERE trial_id = trials.id));
	RETURN OLD;
END
$$;
