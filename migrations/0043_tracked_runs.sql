CREATE TABLE "metric_latest" (
	"trial_id" bigint NOT NULL,
	"key" text NOT NULL,
	"step" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "metric_latest_trial_id_key_pk" PRIMARY KEY("trial_id","key")
);
--> statement-breakpoint
CREATE TABLE "metric_points" (
	"trial_id" bigint NOT NULL,
	"key" text NOT NULL,
	"step" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "metric_points_trial_id_key_step_at_value_pk" PRIMARY KEY("trial_id","key","step","at","value")
);
--> statement-breakpoint
CREATE TABLE "tracked_experiments" (
	"study_id" integer PRIMARY KEY NOT NULL,
	"artifact_location" text,
	"deleted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tracked_files" (
	"study_id" integer NOT NULL,
	"owner" text NOT NULL,
	"path" text NOT NULL,
	"hash" text NOT NULL,
	"bytes" bigint NOT NULL,
	"written_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tracked_files_owner_path_pk" PRIMARY KEY("owner","path")
);
--> statement-breakpoint
CREATE TABLE "tracked_models" (
	"id" text PRIMARY KEY NOT NULL,
	"study_id" integer NOT NULL,
	"source_run_id" text NOT NULL,
	"name" text NOT NULL,
	"model_type" text NOT NULL,
	"status" text NOT NULL,
	"tags" json NOT NULL,
	"params" json NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "tracked_models_id" CHECK ("tracked_models"."id" ~ '^m-[0-9a-f]{32}$')
);
--> statement-breakpoint
CREATE TABLE "tracked_runs" (
	"trial_id" bigint PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"start_ms" bigint NOT NULL,
	"end_ms" bigint,
	"deleted_at" timestamp with time zone,
	"inputs" json DEFAULT '[]'::json NOT NULL,
	"outputs" json DEFAULT '[]'::json NOT NULL,
	CONSTRAINT "tracked_runs_run" UNIQUE("run_id"),
	CONSTRAINT "tracked_runs_times" CHECK ("tracked_runs"."start_ms" between -9000000000000000 and 9000000000000000 and "tracked_runs"."end_ms" between -9000000000000000 and 9000000000000000)
);
--> statement-breakpoint
ALTER TABLE "trials" DROP CONSTRAINT "trials_complete";--> statement-breakpoint
ALTER TABLE "metric_latest" ADD CONSTRAINT "metric_latest_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_points" ADD CONSTRAINT "metric_points_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tracked_experiments" ADD CONSTRAINT "tracked_experiments_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tracked_files" ADD CONSTRAINT "tracked_files_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tracked_files" ADD CONSTRAINT "tracked_files_hash_artifacts_hash_fk" FOREIGN KEY ("hash") REFERENCES "public"."artifacts"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tracked_models" ADD CONSTRAINT "tracked_models_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tracked_runs" ADD CONSTRAINT "tracked_runs_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tracked_files_of_hash" ON "tracked_files" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "tracked_models_of_study" ON "tracked_models" USING btree ("study_id","created_at");--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_complete" CHECK ("trials"."state" <> 'complete' or (num_nonnulls("trials"."lease_token", "trials"."lease_ms", "trials"."lease_expires_at", "trials"."cancel_requested_by") = 0 and num_nulls("trials"."worker", "trials"."started_at", "trials"."finished_at", "trials"."metric_names", "trials"."metric_values") = 0
          and coalesce("trials"."value" <> 'NaN', "trials"."foreign_kind" is not distinct from 'mlflow')
          and cardinality("trials"."metric_names") = cardinality("trials"."metric_values")
          and num_nonnulls("trials"."at_step", "trials"."reason", "trials"."error", "trials"."cancelled_by") = 0));
--> statement-breakpoint
-- Names, keys and paths are compared byte by byte: a folder is a range of paths, whatever the database's language.
ALTER TABLE "tracked_files" ALTER COLUMN "path" SET DATA TYPE text COLLATE "C";--> statement-breakpoint
-- Runs of MLflow may go on after their end, and get parameters, tags and metrics then: theirs is no evidence, and no gate looks at it. Every
-- other finished trial stays as it is.
DROP TRIGGER "finished_trials_never_change" ON "trials";
--> statement-breakpoint
CREATE TRIGGER "finished_trials_never_change" BEFORE UPDATE ON "trials"
	FOR EACH ROW WHEN (OLD."state" NOT IN ('queued', 'running') AND OLD."paused_by" IS NULL AND OLD."foreign_kind" IS DISTINCT FROM 'mlflow')
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- A trial is counted when it ends so, not when an ended one changes.
DROP TRIGGER "trials_count" ON "trials";
--> statement-breakpoint
CREATE TRIGGER "trials_count" AFTER UPDATE ON "trials"
	FOR EACH ROW WHEN (NEW."state" IN ('pruned', 'failed') AND OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "count_trial"();
--> statement-breakpoint
CREATE TRIGGER "trials_count_known" AFTER INSERT ON "trials"
	FOR EACH ROW WHEN (NEW."state" IN ('pruned', 'failed')) EXECUTE FUNCTION "count_trial"();
--> statement-breakpoint
-- What an ended run counted for, and its figures, go when it ends otherwise or goes on. Its name puts it before those that count and write.
CREATE FUNCTION "take_back_end"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
	IF OLD.state <> NEW.state THEN
		UPDATE studies SET failed_trials = failed_trials - (OLD.state = 'failed')::int,
			cancelled_trials = cancelled_trials - (OLD.state = 'cancelled')::int + (NEW.state = 'cancelled')::int
			WHERE id = NEW.study_id AND (OLD.state IN ('failed', 'cancelled') OR NEW.state = 'cancelled');
	END IF;
	DELETE FROM trial_figures WHERE study_id = NEW.study_id AND number = NEW.number AND name LIKE ANY (ARRAY['metric:%', 'objective:%']);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "trials_begin_again" AFTER UPDATE ON "trials"
	FOR EACH ROW WHEN (OLD."foreign_kind" = 'mlflow' AND OLD."state" NOT IN ('queued', 'running')) EXECUTE FUNCTION "take_back_end"();
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "take_back_end"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "metric_points_never_change" BEFORE UPDATE ON "metric_points"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['metric_points', 'metric_latest', 'tracked_runs', 'tracked_experiments', 'tracked_models', 'tracked_files'] LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_removal()', name || '_go_with_their_study', name);
		EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_are_never_emptied', name);
	END LOOP;
END
$$;
