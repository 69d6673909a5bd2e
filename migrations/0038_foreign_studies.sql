CREATE TABLE "foreign_attributes" (
	"study_id" integer NOT NULL,
	"trial_id" bigint,
	"space" text NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "foreign_attributes_space" CHECK ("foreign_attributes"."space" in ('user', 'system', 'param', 'tag')),
	CONSTRAINT "foreign_attributes_key" CHECK (char_length("foreign_attributes"."key") <= 512)
);
--> statement-breakpoint
CREATE TABLE "foreign_names" (
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"study_id" integer NOT NULL,
	CONSTRAINT "foreign_names_kind_name_pk" PRIMARY KEY("kind","name"),
	CONSTRAINT "foreign_names_study" UNIQUE("study_id"),
	CONSTRAINT "foreign_names_length" CHECK (char_length("foreign_names"."name") <= 512)
);
--> statement-breakpoint
CREATE TABLE "study_distributions" (
	"study_id" integer NOT NULL,
	"name" text NOT NULL,
	"distribution" text NOT NULL,
	CONSTRAINT "study_distributions_study_id_name_pk" PRIMARY KEY("study_id","name"),
	CONSTRAINT "study_distributions_name" CHECK (char_length("study_distributions"."name") <= 512)
);
--> statement-breakpoint
CREATE TABLE "trial_distributions" (
	"trial_id" bigint NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"distribution" text NOT NULL,
	"internal" double precision NOT NULL,
	CONSTRAINT "trial_distributions_trial_id_name_pk" PRIMARY KEY("trial_id","name"),
	CONSTRAINT "trial_distributions_name" CHECK (char_length("trial_distributions"."name") <= 512)
);
--> statement-breakpoint
ALTER TABLE "trials" DROP CONSTRAINT "trials_result";--> statement-breakpoint
ALTER TABLE "reports" ALTER COLUMN "step" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "trials" ALTER COLUMN "last_step" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "trials" ALTER COLUMN "at_step" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "foreign_kind" text;--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "foreign_kind" text;--> statement-breakpoint
ALTER TABLE "foreign_attributes" ADD CONSTRAINT "foreign_attributes_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "foreign_attributes" ADD CONSTRAINT "foreign_attributes_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "foreign_names" ADD CONSTRAINT "foreign_names_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "study_distributions" ADD CONSTRAINT "study_distributions_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_distributions" ADD CONSTRAINT "trial_distributions_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "foreign_attributes_of_study" ON "foreign_attributes" USING btree ("study_id","space","key") WHERE trial_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX "foreign_attributes_of_trial" ON "foreign_attributes" USING btree ("trial_id","space","key") WHERE trial_id is not null;--> statement-breakpoint
ALTER TABLE "studies" ADD CONSTRAINT "studies_foreign_kind" CHECK ("studies"."foreign_kind" in ('optuna', 'mlflow'));--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_result" CHECK ((num_nonnulls("trials"."objective_values", "trials"."constraints") = 0 or "trials"."state" = 'complete'
            or ("trials"."foreign_kind" is not null and "trials"."constraints" is null))
          and ("trials"."objective_values" is null or (("trials"."state" <> 'complete' or "trials"."objective_values"[1] = "trials"."value") and 'NaN' <> all ("trials"."objective_values")))
          and ("trials"."constraints" is null or 'NaN' <> all ("trials"."constraints")));
--> statement-breakpoint
-- A trial is what its study is, and neither becomes anything else: whoever writes, no report of a native trial can be replaced.

CREATE FUNCTION "take_foreign_kind"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.foreign_kind := (SELECT foreign_kind FROM public.studies WHERE id = NEW.study_id);
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "trials_take_foreign_kind" BEFORE INSERT ON "trials"
	FOR EACH ROW EXECUTE FUNCTION "take_foreign_kind"();
--> statement-breakpoint
CREATE TRIGGER "trials_keep_foreign_kind" BEFORE UPDATE OF "foreign_kind", "study_id" ON "trials"
	FOR EACH ROW WHEN ((OLD."foreign_kind", OLD."study_id") IS DISTINCT FROM (NEW."foreign_kind", NEW."study_id")) EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "studies_keep_foreign_kind" BEFORE UPDATE OF "foreign_kind" ON "studies"
	FOR EACH ROW WHEN (OLD."foreign_kind" IS DISTINCT FROM NEW."foreign_kind") EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- What a foreign client said it may say anew while its trial is open: value and time of a report, nothing else.
CREATE FUNCTION "refuse_changed_report"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (OLD.trial_id, OLD.attempt, OLD.step, OLD.metric_names, OLD.metric_values) IS DISTINCT FROM (NEW.trial_id, NEW.attempt, NEW.step, NEW.metric_names, NEW.metric_values)
		OR NOT EXISTS (SELECT FROM public.trials WHERE id = OLD.trial_id AND foreign_kind IS NOT NULL AND state IN ('queued', 'running')) THEN
		RAISE EXCEPTION '% refuses %: its rows are final', TG_TABLE_NAME, TG_OP
			USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
DROP TRIGGER "reports_only_grow" ON "reports";
--> statement-breakpoint
CREATE TRIGGER "reports_only_grow" BEFORE UPDATE ON "reports"
	FOR EACH ROW EXECUTE FUNCTION "refuse_changed_report"();
--> statement-breakpoint
CREATE TRIGGER "foreign_names_never_change" BEFORE UPDATE ON "foreign_names"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- Attributes and distributions of Optuna end with their trial. Tags of MLflow may be written later; its parameters are written once. The
-- statement that enters a finished trial does not see it as finished yet.
CREATE FUNCTION "refuse_after_end"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM public.trials WHERE id = NEW.trial_id AND state NOT IN ('queued', 'running')) THEN
		RAISE EXCEPTION '% refuses %: the trial has ended, and what belongs to it is final', TG_TABLE_NAME, TG_OP
			USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "foreign_attributes_of_open_trials" BEFORE INSERT OR UPDATE ON "foreign_attributes"
	FOR EACH ROW WHEN (NEW."trial_id" IS NOT NULL AND NEW."space" IN ('user', 'system')) EXECUTE FUNCTION "refuse_after_end"();
--> statement-breakpoint
CREATE TRIGGER "foreign_attributes_keep_their_place" BEFORE UPDATE ON "foreign_attributes"
	FOR EACH ROW WHEN ((OLD."study_id", OLD."trial_id", OLD."space", OLD."key") IS DISTINCT FROM (NEW."study_id", NEW."trial_id", NEW."space", NEW."key")
		OR (OLD."space" = 'param' AND OLD."value" <> NEW."value"))
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "trial_distributions_of_open_trials" BEFORE INSERT OR UPDATE ON "trial_distributions"
	FOR EACH ROW EXECUTE FUNCTION "refuse_after_end"();
--> statement-breakpoint
-- Tags of MLflow may be deleted; everything else goes with its study.
CREATE TRIGGER "foreign_attributes_go_with_their_study" BEFORE DELETE ON "foreign_attributes"
	FOR EACH ROW WHEN (OLD."space" <> 'tag' AND pg_trigger_depth() = 0) EXECUTE FUNCTION "refuse_removal"();
--> statement-breakpoint
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['foreign_names', 'study_distributions', 'trial_distributions'] LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_removal()', name || '_go_with_their_study', name);
	END LOOP;
	FOREACH name IN ARRAY ARRAY['foreign_names', 'foreign_attributes', 'study_distributions', 'trial_distributions'] LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_are_never_emptied', name);
	END LOOP;
END
$$;
--> statement-breakpoint
-- Foreign trials get their parameters one by one: only what differs is written, found by the primary key and not among all of the study's.
CREATE OR REPLACE FUNCTION "rewrite_params"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
	DELETE FROM trial_figures USING json_each(OLD.params) AS before (param, given)
		WHERE trial_figures.study_id = NEW.study_id AND trial_figures.name = 'param:' || before.param AND trial_figures.number = NEW.number
			AND (NEW.params -> before.param)::text IS DISTINCT FROM before.given::text;
	INSERT INTO trial_figures (study_id, name, number, figure, label)
		SELECT NEW.study_id, 'param:' || param, NEW.number, CASE WHEN json_typeof(given) = 'number' THEN given::text::float8 END,
			CASE WHEN json_typeof(given) <> 'number' THEN left(given #>> '{}', 500) END
		FROM json_each(NEW.params) AS chosen (param, given)
		WHERE given::text IS DISTINCT FROM (OLD.params -> param)::text;
	RETURN NULL;
END
$$;
