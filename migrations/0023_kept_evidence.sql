CREATE TABLE "removed_looks" (
	"removed_id" integer NOT NULL,
	"definition_hash" text NOT NULL,
	"data_hashes" text[] NOT NULL,
	"test_start" timestamp with time zone NOT NULL,
	"test_end" timestamp with time zone NOT NULL,
	"trials" integer NOT NULL,
	CONSTRAINT "removed_looks_removed_id_definition_hash_pk" PRIMARY KEY("removed_id","definition_hash")
);
--> statement-breakpoint
CREATE TABLE "removed_studies" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "removed_studies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"removed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"trials_tried" integer NOT NULL,
	"trial_sharpes" double precision[] NOT NULL,
	"trial_turnovers" double precision[] NOT NULL,
	CONSTRAINT "removed_studies_tried" CHECK ("removed_studies"."trials_tried" >= 0)
);
--> statement-breakpoint
CREATE TABLE "removed_study_data" (
	"removed_id" integer NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "removed_study_data_removed_id_name_pk" PRIMARY KEY("removed_id","name")
);
--> statement-breakpoint
ALTER TABLE "removed_looks" ADD CONSTRAINT "removed_looks_of_study" FOREIGN KEY ("removed_id") REFERENCES "public"."removed_studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "removed_study_data" ADD CONSTRAINT "removed_study_data_of_study" FOREIGN KEY ("removed_id") REFERENCES "public"."removed_studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "removed_study_data_hash" ON "removed_study_data" USING btree ("hash");--> statement-breakpoint
-- What an attempt said stays as it was said, whoever writes: an open attempt may add to it, an ended one nothing. Tables are named with their
-- schema: a temporary table of the same name must not take their place.

CREATE FUNCTION "refuse_once_ended"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM public.attempts WHERE trial_id = OLD.trial_id AND attempt = OLD.attempt AND ended_at IS NOT NULL) THEN
		RAISE EXCEPTION '% refuses %: attempt % has ended, and what it said is final', TG_TABLE_NAME, TG_OP, OLD.attempt
			USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "refuse_removal"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% refuses %: its rows go with their study only', TG_TABLE_NAME, TG_OP
		USING ERRCODE = 'integrity_constraint_violation', HINT = 'assay study rm removes a study with all that belongs to it';
END
$$;
--> statement-breakpoint
CREATE FUNCTION "refuse_by_hand"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% refuses %: the triggers of other tables write it', TG_TABLE_NAME, TG_OP
		USING ERRCODE = 'integrity_constraint_violation';
END
$$;
--> statement-breakpoint
-- The pruner's note of an attempt that is paused is no evidence: it changes when the trial is promoted.
CREATE TRIGGER "ended_attempts_never_change" BEFORE UPDATE ON "attempts"
	FOR EACH ROW WHEN (OLD."ended_at" IS NOT NULL
		AND (OLD."ending"::text <> 'paused' OR to_jsonb(OLD) - 'note' <> to_jsonb(NEW) - 'note'))
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- What it ran is said when it begins. It may become unknown, where the attempt goes on from what another source made.
CREATE TRIGGER "attempts_keep_what_they_ran" BEFORE UPDATE ON "attempts"
	FOR EACH ROW WHEN ((OLD."trial_id", OLD."attempt", OLD."token", OLD."worker") IS DISTINCT FROM (NEW."trial_id", NEW."attempt", NEW."token", NEW."worker")
		OR NEW."source_hash" <> coalesce(OLD."source_hash", '') OR NEW."packages_hash" <> coalesce(OLD."packages_hash", ''))
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "reports_only_grow" BEFORE UPDATE ON "reports"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- How far the search looked only grows.
CREATE TRIGGER "attempt_data_only_grow" BEFORE UPDATE ON "attempt_data"
	FOR EACH ROW WHEN ((OLD."trial_id", OLD."attempt", OLD."name", OLD."hash") IS DISTINCT FROM (NEW."trial_id", NEW."attempt", NEW."name", NEW."hash")
		OR (OLD."searched_until" IS NOT NULL AND (NEW."searched_until" IS NULL OR NEW."searched_until" < OLD."searched_until")))
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "attempt_data_of_open_attempts" BEFORE UPDATE ON "attempt_data"
	FOR EACH ROW EXECUTE FUNCTION "refuse_once_ended"();
--> statement-breakpoint
CREATE TRIGGER "trial_artifacts_keep_their_place" BEFORE UPDATE ON "trial_artifacts"
	FOR EACH ROW WHEN ((OLD."trial_id", OLD."attempt", OLD."role") IS DISTINCT FROM (NEW."trial_id", NEW."attempt", NEW."role"))
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "trial_artifacts_of_open_attempts" BEFORE UPDATE ON "trial_artifacts"
	FOR EACH ROW EXECUTE FUNCTION "refuse_once_ended"();
--> statement-breakpoint
-- Binding a name once more writes the same row again; that is no change.
CREATE TRIGGER "study_data_only_grow" BEFORE UPDATE ON "study_data"
	FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "judgements_only_grow" BEFORE UPDATE ON "judgements"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "validation_folds_only_grow" BEFORE UPDATE ON "validation_folds"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "validations_only_grow" BEFORE UPDATE ON "validations"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- Seeds are only added, behind those that were asked for before.
CREATE TRIGGER "validation_seeds_only_grow" BEFORE UPDATE ON "validation_trials"
	FOR EACH ROW WHEN ((OLD."validation_id", OLD."trial_id") IS DISTINCT FROM (NEW."validation_id", NEW."trial_id")
		OR NEW."seeds"[1:cardinality(OLD."seeds")] IS DISTINCT FROM OLD."seeds")
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "model_versions_never_change" BEFORE UPDATE OR DELETE ON "model_versions"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- Nor does a worker add to what has ended. By policies, which cost the owner nothing. A fork's first attempt, which ends as it is born, is not
-- there yet when the same statement writes what it inherits.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['attempts', 'attempt_data', 'reports', 'trial_artifacts'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY %I ON %I FOR SELECT USING (true)', name || '_are_read_by_all', name);
		EXECUTE format('CREATE POLICY %I ON %I FOR UPDATE USING (true)', name || '_change_by_rights', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['attempt_data', 'reports', 'trial_artifacts'] LOOP
		EXECUTE format('CREATE POLICY %I ON %I FOR INSERT WITH CHECK (NOT EXISTS (SELECT FROM public.attempts
			WHERE attempts.trial_id = %2$I.trial_id AND attempts.attempt = %2$I.attempt AND attempts.ended_at IS NOT NULL))', name || '_of_open_attempts', name);
	END LOOP;
END
$$;
--> statement-breakpoint
CREATE POLICY "attempts_of_open_trials" ON "attempts" FOR INSERT WITH CHECK (NOT EXISTS (
	SELECT FROM public.trials WHERE trials.id = attempts.trial_id AND trials.state NOT IN ('queued', 'running') AND trials.paused_by IS NULL));
--> statement-breakpoint
-- Figures are written by triggers alone, with the rights of the owner: a worker writes none by itself.
ALTER FUNCTION "write_params"() SECURITY DEFINER SET search_path = public, pg_temp;
--> statement-breakpoint
ALTER FUNCTION "rewrite_params"() SECURITY DEFINER SET search_path = public, pg_temp;
--> statement-breakpoint
ALTER FUNCTION "write_results"() SECURITY DEFINER SET search_path = public, pg_temp;
--> statement-breakpoint
CREATE TRIGGER "trial_figures_by_triggers" BEFORE INSERT OR UPDATE OR DELETE ON "trial_figures"
	FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "refuse_by_hand"();
--> statement-breakpoint
-- Rows of a study go when it goes, by its foreign keys; what trials attached also when garbage is collected.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['trials', 'attempts', 'attempt_data', 'study_data', 'reports', 'validations', 'validation_trials', 'validation_folds', 'judgements'] LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_removal()', name || '_go_with_their_study', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['trials', 'attempts', 'attempt_data', 'study_data', 'reports', 'trial_artifacts', 'trial_figures', 'validations', 'validation_trials', 'validation_folds', 'judgements', 'model_versions', 'removed_studies', 'removed_study_data', 'removed_looks'] LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_are_never_emptied', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['removed_studies', 'removed_study_data', 'removed_looks'] LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name || '_only_grow', name);
	END LOOP;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "trial_artifacts_go_with_their_study" BEFORE DELETE ON "trial_artifacts"
	FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0 AND current_setting('assay.collecting', true) IS DISTINCT FROM 'on')
	EXECUTE FUNCTION "refuse_removal"();
--> statement-breakpoint
-- Removing a study lowers no count of trials and no count of looks, whoever removes it.
CREATE FUNCTION "keep_what_was_tried"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	removed integer;
BEGIN
	INSERT INTO public.removed_studies (name, trials_tried, trial_sharpes, trial_turnovers)
		SELECT OLD.name, count(*) FILTER (WHERE state IN ('complete', 'pruned', 'failed') OR EXISTS (SELECT FROM public.reports WHERE trial_id = trials.id)),
			coalesce(array_agg(coalesce(metric_values[array_position(metric_names, 'sharpeDaily')], 'NaN') ORDER BY number) FILTER (WHERE state = 'complete'), '{}'),
			coalesce(array_agg(coalesce(metric_values[array_position(metric_names, 'turnover')], 'NaN') ORDER BY number) FILTER (WHERE state = 'complete'), '{}')
		FROM public.trials WHERE study_id = OLD.id
		RETURNING id INTO removed;
	INSERT INTO public.removed_study_data (removed_id, name, hash)
		SELECT removed, name, hash FROM public.study_data WHERE study_id = OLD.id;
	INSERT INTO public.removed_looks (removed_id, definition_hash, data_hashes, test_start, test_end, trials)
		SELECT removed, definition_hash, coalesce((SELECT array_agg(DISTINCT read ->> 'hash') FROM json_array_elements(definition -> 'data') AS read), '{}'),
			min(test_start), max(test_end), (SELECT count(DISTINCT trial_id) FROM public.judgements WHERE validation_id = validations.id)
		FROM public.validations JOIN public.validation_folds ON validation_id = validations.id
		WHERE study_id = OLD.id GROUP BY validations.id;
	RETURN OLD;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "studies_keep_what_was_tried" BEFORE DELETE ON "studies"
	FOR EACH ROW EXECUTE FUNCTION "keep_what_was_tried"();
