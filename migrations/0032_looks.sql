CREATE TABLE "looks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "looks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"data_hash" text NOT NULL,
	"test_start" timestamp with time zone NOT NULL,
	"test_end" timestamp with time zone NOT NULL,
	"model_hash" text NOT NULL,
	"kind" text NOT NULL,
	"study" text NOT NULL,
	"number" integer,
	"looked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "looks_once" UNIQUE("data_hash","test_start","test_end","model_hash","kind"),
	CONSTRAINT "looks_days" CHECK ("looks"."test_start" < "looks"."test_end"),
	CONSTRAINT "looks_kind" CHECK ("looks"."kind" in ('validation', 'ablation', 'vault'))
);
--> statement-breakpoint
CREATE TABLE "removed_trials" (
	"removed_id" integer NOT NULL,
	"number" integer NOT NULL,
	"definition" text,
	CONSTRAINT "removed_trials_removed_id_number_pk" PRIMARY KEY("removed_id","number")
);
--> statement-breakpoint
ALTER TABLE "removed_trials" ADD CONSTRAINT "removed_trials_of_study" FOREIGN KEY ("removed_id") REFERENCES "public"."removed_studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "looks_study" ON "looks" USING btree ("study");
--> statement-breakpoint
ALTER TABLE "removed_study_data" ADD COLUMN "searched_until" timestamp with time zone;
--> statement-breakpoint
-- What a model is: parameters, source, the contents of its data in any order, and the settings of an arm. jsonb writes equal values alike.
CREATE FUNCTION "model_hash"("params" json, "source" text, "data" text[], "settings" json) RETURNS text LANGUAGE sql STABLE
	SET search_path = pg_catalog AS $$
	SELECT encode(sha256(convert_to(jsonb_build_array(params::jsonb, source,
		to_jsonb(array(SELECT DISTINCT hash COLLATE "C" AS hash FROM unnest(data) AS hash ORDER BY hash)), nullif(settings::jsonb, '{}'))::text, 'UTF8')), 'hex')
$$;
--> statement-breakpoint
-- What a trial was: its model, as its last attempt ran it, and its seed. Null where the source or the data are not known.
CREATE FUNCTION "trial_definition"("trial_id" bigint) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
	SELECT model_hash || ' ' || seed FROM (
		SELECT seed, public.model_hash(params, source_hash, array(SELECT hash FROM public.attempt_data
			WHERE attempt_data.trial_id = trials.id AND attempt_data.attempt = trials.attempt), NULL) AS model_hash
		FROM public.trials JOIN public.attempts ON attempts.trial_id = trials.id AND attempts.attempt = trials.attempt
		WHERE trials.id = $1 AND source_hash IS NOT NULL AND EXISTS (SELECT FROM public.attempt_data
			WHERE attempt_data.trial_id = trials.id AND attempt_data.attempt = trials.attempt)) AS known
$$;
--> statement-breakpoint
-- Validations that were begun before looks were kept: every trial that was asked for looked at every fold.
INSERT INTO "looks" (data_hash, test_start, test_end, model_hash, kind, study, number, looked_at)
	SELECT read.hash, folds.test_start, folds.test_end, coalesce(model_hash(trials.params, definition ->> 'source', data.hashes, definition -> 'arm'), 'unknown ' || trials.id),
		CASE WHEN arm IS NULL THEN 'validation' ELSE 'ablation' END, studies.name, trials.number, validations.created_at
	FROM validations
		JOIN studies ON studies.id = validations.study_id
		JOIN validation_trials ON validation_trials.validation_id = validations.id
		JOIN trials ON trials.id = validation_trials.trial_id
		JOIN validation_folds AS folds ON folds.validation_id = validations.id
		CROSS JOIN LATERAL (SELECT array(SELECT DISTINCT one ->> 'hash' FROM json_array_elements(
			CASE WHEN json_typeof(definition -> 'data') = 'array' THEN definition -> 'data' ELSE '[]' END) AS one) AS hashes) AS data
		CROSS JOIN LATERAL unnest(data.hashes) AS read (hash)
	ORDER BY validations.id, trials.number, folds.fold
	ON CONFLICT DO NOTHING;
--> statement-breakpoint
-- Of a removed study only the number of its models is known: each counts.
INSERT INTO "looks" (data_hash, test_start, test_end, model_hash, kind, study, looked_at)
	SELECT hash, test_start, test_end, format('removed %s %s %s', removed_id, definition_hash, n), 'validation', name, removed_at
	FROM removed_looks JOIN removed_studies ON id = removed_id, unnest(data_hashes) AS hash, generate_series(1, trials) AS n
	WHERE test_start < test_end;
--> statement-breakpoint
DROP TABLE "removed_looks";
--> statement-breakpoint
CREATE TRIGGER "looks_only_grow" BEFORE UPDATE OR DELETE ON "looks"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "looks_are_never_emptied" BEFORE TRUNCATE ON "looks"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "removed_trials_only_grow" BEFORE UPDATE OR DELETE ON "removed_trials"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "removed_trials_are_never_emptied" BEFORE TRUNCATE ON "removed_trials"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- Looks are rows of no study, so they need no keeping. Of trials the definition is kept: the same one under another name counts once.
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
		SELECT removed, name, hash, (SELECT max(searched_until) FROM public.attempt_data JOIN public.trials ON trials.id = trial_id
			WHERE trials.study_id = OLD.id AND attempt_data.name = study_data.name)
		FROM public.study_data WHERE study_id = OLD.id;
	INSERT INTO public.removed_trials (removed_id, number, definition)
		SELECT removed, number, public.trial_definition(id) FROM public.trials
		WHERE study_id = OLD.id AND (state IN ('complete', 'pruned', 'failed') OR EXISTS (SELECT FROM public.reports WHERE trial_id = trials.id));
	RETURN OLD;
END
$$;
