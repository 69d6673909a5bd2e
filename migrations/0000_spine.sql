CREATE TYPE "public"."attempt_ending" AS ENUM('complete', 'pruned', 'failed', 'cancelled', 'lost', 'released');--> statement-breakpoint
CREATE TYPE "public"."direction" AS ENUM('minimize', 'maximize');--> statement-breakpoint
CREATE TYPE "public"."trial_state" AS ENUM('queued', 'running', 'complete', 'pruned', 'failed', 'cancelled');--> statement-breakpoint
CREATE TABLE "artifacts" (
	"hash" text PRIMARY KEY NOT NULL,
	"bytes" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "artifacts_hash" CHECK ("artifacts"."hash" ~ '^[0-9a-f]{64}$' and "artifacts"."bytes" >= 0)
);
--> statement-breakpoint
CREATE TABLE "trial_artifacts" (
	"trial_id" bigint NOT NULL,
	"attempt" integer NOT NULL,
	"role" text NOT NULL,
	"hash" text NOT NULL,
	"attached_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trial_artifacts_trial_id_attempt_role_pk" PRIMARY KEY("trial_id","attempt","role")
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"trial_id" bigint NOT NULL,
	"attempt" integer NOT NULL,
	"token" uuid NOT NULL,
	"worker" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"ending" "attempt_ending",
	CONSTRAINT "attempts_trial_id_attempt_pk" PRIMARY KEY("trial_id","attempt"),
	CONSTRAINT "attempts_token_unique" UNIQUE("token"),
	CONSTRAINT "attempts_ended" CHECK (num_nonnulls("attempts"."ended_at", "attempts"."ending") in (0, 2))
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"trial_id" bigint NOT NULL,
	"attempt" integer NOT NULL,
	"step" integer NOT NULL,
	"value" double precision NOT NULL,
	"metric_names" text[] NOT NULL,
	"metric_values" double precision[] NOT NULL,
	"reported_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reports_trial_id_attempt_step_pk" PRIMARY KEY("trial_id","attempt","step"),
	CONSTRAINT "reports_metrics" CHECK (cardinality("reports"."metric_names") = cardinality("reports"."metric_values"))
);
--> statement-breakpoint
CREATE TABLE "aliases" (
	"model_id" integer NOT NULL,
	"alias" text NOT NULL,
	"version" integer NOT NULL,
	"moved_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "aliases_model_id_alias_pk" PRIMARY KEY("model_id","alias"),
	CONSTRAINT "aliases_fit_an_address" CHECK ("aliases"."alias" ~ '^[^#@[:space:]]+$' and "aliases"."alias" !~ '^[0-9]+$')
);
--> statement-breakpoint
CREATE TABLE "model_versions" (
	"model_id" integer NOT NULL,
	"version" integer NOT NULL,
	"trial_id" bigint NOT NULL,
	"policy_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_versions_model_id_version_pk" PRIMARY KEY("model_id","version"),
	CONSTRAINT "model_versions_once" UNIQUE("model_id","trial_id","policy_hash"),
	CONSTRAINT "model_versions_from_one" CHECK ("model_versions"."version" >= 1)
);
--> statement-breakpoint
CREATE TABLE "models" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "models_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "models_name_unique" UNIQUE("name"),
	CONSTRAINT "models_name_fits_an_address" CHECK ("models"."name" ~ '^[^#@[:space:]]+$')
);
--> statement-breakpoint
CREATE TABLE "promotions" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"record" text NOT NULL,
	"hash" text NOT NULL,
	"previous_hash" text NOT NULL,
	"model" text GENERATED ALWAYS AS (record::jsonb ->> 'model') STORED NOT NULL,
	CONSTRAINT "promotions_hash_unique" UNIQUE("hash"),
	CONSTRAINT "promotions_previous_hash_unique" UNIQUE("previous_hash"),
	CONSTRAINT "promotions_hash" CHECK ("promotions"."hash" = encode(sha256(convert_to("promotions"."record", 'UTF8')), 'hex')),
	CONSTRAINT "promotions_chain" CHECK (("promotions"."record"::jsonb ->> 'previousHash') = "promotions"."previous_hash"
        and ("promotions"."record"::jsonb ->> 'sequence')::bigint = "promotions"."sequence")
);
--> statement-breakpoint
CREATE TABLE "studies" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "studies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"direction" "direction" NOT NULL,
	"space" json NOT NULL,
	"space_hash" text NOT NULL,
	"sampler_id" text NOT NULL,
	"sampler_options" json NOT NULL,
	"pruner_id" text NOT NULL,
	"pruner_options" json NOT NULL,
	"budget_trials" integer NOT NULL,
	"seed" bigint NOT NULL,
	"max_attempts" integer NOT NULL,
	"module_url" text NOT NULL,
	"source_hash" text NOT NULL,
	"git_commit" text,
	"git_dirty" boolean NOT NULL,
	"revision" bigint DEFAULT 1 NOT NULL,
	"next_number" integer DEFAULT 0 NOT NULL,
	"cancelled_trials" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "studies_name_unique" UNIQUE("name"),
	CONSTRAINT "studies_name_fits_an_address" CHECK ("studies"."name" ~ '^[^#@[:space:]]+$'),
	CONSTRAINT "studies_budget" CHECK ("studies"."budget_trials" >= 0 and "studies"."max_attempts" >= 1),
	CONSTRAINT "studies_counts" CHECK ("studies"."cancelled_trials" between 0 and "studies"."next_number")
);
--> statement-breakpoint
CREATE TABLE "trials" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "trials_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"study_id" integer NOT NULL,
	"number" integer NOT NULL,
	"state" "trial_state" DEFAULT 'queued' NOT NULL,
	"params" json NOT NULL,
	"seed" bigint NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"revision" bigint NOT NULL,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"worker" text,
	"started_at" timestamp with time zone,
	"lease_token" uuid,
	"lease_ms" integer,
	"lease_expires_at" timestamp with time zone,
	"cancel_requested_by" text,
	"last_step" integer,
	"last_value" double precision,
	"finished_at" timestamp with time zone,
	"value" double precision,
	"metric_names" text[],
	"metric_values" double precision[],
	"at_step" integer,
	"reason" text,
	"error" json,
	"cancelled_by" text,
	CONSTRAINT "trials_study_number" UNIQUE("study_id","number"),
	CONSTRAINT "trials_counters" CHECK ("trials"."number" >= 0 and "trials"."attempt" >= 0),
	CONSTRAINT "trials_last_report" CHECK (num_nonnulls("trials"."last_step", "trials"."last_value") in (0, 2)),
	CONSTRAINT "trials_queued" CHECK ("trials"."state" <> 'queued' or (num_nonnulls("trials"."lease_token", "trials"."lease_ms", "trials"."lease_expires_at", "trials"."cancel_requested_by") = 0 and num_nonnulls("trials"."worker", "trials"."started_at", "trials"."last_step", "trials"."finished_at", "trials"."value", "trials"."metric_names", "trials"."metric_values", "trials"."at_step", "trials"."reason", "trials"."error", "trials"."cancelled_by") = 0)),
	CONSTRAINT "trials_running" CHECK ("trials"."state" <> 'running' or (num_nulls("trials"."worker", "trials"."started_at", "trials"."lease_token", "trials"."lease_ms", "trials"."lease_expires_at") = 0 and "trials"."attempt" >= 1
          and num_nonnulls("trials"."finished_at", "trials"."value", "trials"."metric_names", "trials"."metric_values", "trials"."at_step", "trials"."reason", "trials"."error", "trials"."cancelled_by") = 0)),
	CONSTRAINT "trials_complete" CHECK ("trials"."state" <> 'complete' or (num_nonnulls("trials"."lease_token", "trials"."lease_ms", "trials"."lease_expires_at", "trials"."cancel_requested_by") = 0 and num_nulls("trials"."worker", "trials"."started_at", "trials"."finished_at", "trials"."value", "trials"."metric_names", "trials"."metric_values") = 0 and "trials"."value" <> 'NaN'
          and cardinality("trials"."metric_names") = cardinality("trials"."metric_values")
          and num_nonnulls("trials"."at_step", "trials"."reason", "trials"."error", "trials"."cancelled_by") = 0)),
	CONSTRAINT "trials_pruned" CHECK ("trials"."state" <> 'pruned' or (num_nonnulls("trials"."lease_token", "trials"."lease_ms", "trials"."lease_expires_at", "trials"."cancel_requested_by") = 0 and num_nulls("trials"."worker", "trials"."started_at", "trials"."finished_at", "trials"."at_step", "trials"."reason") = 0
          and num_nonnulls("trials"."value", "trials"."metric_names", "trials"."metric_values", "trials"."error", "trials"."cancelled_by") = 0)),
	CONSTRAINT "trials_failed" CHECK ("trials"."state" <> 'failed' or (num_nonnulls("trials"."lease_token", "trials"."lease_ms", "trials"."lease_expires_at", "trials"."cancel_requested_by") = 0 and num_nonnulls("trials"."worker", "trials"."started_at") in (0, 2) and num_nulls("trials"."finished_at", "trials"."error") = 0
          and num_nonnulls("trials"."value", "trials"."metric_names", "trials"."metric_values", "trials"."at_step", "trials"."reason", "trials"."cancelled_by") = 0)),
	CONSTRAINT "trials_cancelled" CHECK ("trials"."state" <> 'cancelled' or (num_nonnulls("trials"."lease_token", "trials"."lease_ms", "trials"."lease_expires_at", "trials"."cancel_requested_by") = 0 and num_nonnulls("trials"."worker", "trials"."started_at") in (0, 2) and num_nulls("trials"."finished_at", "trials"."cancelled_by") = 0
          and num_nonnulls("trials"."value", "trials"."metric_names", "trials"."metric_values", "trials"."at_step", "trials"."reason", "trials"."error") = 0))
);
--> statement-breakpoint
CREATE TABLE "judgements" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "judgements_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"validation_id" integer NOT NULL,
	"fold" integer NOT NULL,
	"subject" text NOT NULL,
	"trial_id" bigint,
	"seed" bigint,
	"policy_hash" text,
	"metric_names" text[] NOT NULL,
	"metric_values" double precision[] NOT NULL,
	"daily_returns" double precision[] NOT NULL,
	"step_returns_hash" text NOT NULL,
	"early_terminations" integer NOT NULL,
	"transaction_bp" double precision NOT NULL,
	"impact_bp" double precision NOT NULL,
	"friction_paid" double precision NOT NULL,
	"judged_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "judgements_once" UNIQUE NULLS NOT DISTINCT("validation_id","subject","trial_id","seed","fold"),
	CONSTRAINT "judgements_subject" CHECK (num_nonnulls("judgements"."trial_id", "judgements"."seed", "judgements"."policy_hash") = case when "judgements"."subject" = 'policy' then 3 else 0 end),
	CONSTRAINT "judgements_metrics" CHECK (cardinality("judgements"."metric_names") = cardinality("judgements"."metric_values"))
);
--> statement-breakpoint
CREATE TABLE "validation_folds" (
	"validation_id" integer NOT NULL,
	"fold" integer NOT NULL,
	"train_start" timestamp with time zone NOT NULL,
	"train_end" timestamp with time zone NOT NULL,
	"test_start" timestamp with time zone NOT NULL,
	"test_end" timestamp with time zone NOT NULL,
	"purged_bars" integer NOT NULL,
	CONSTRAINT "validation_folds_validation_id_fold_pk" PRIMARY KEY("validation_id","fold"),
	CONSTRAINT "validation_folds_order" CHECK ("validation_folds"."train_start" < "validation_folds"."train_end" and "validation_folds"."train_end" <= "validation_folds"."test_start"
        and "validation_folds"."test_start" < "validation_folds"."test_end" and "validation_folds"."purged_bars" >= 0)
);
--> statement-breakpoint
CREATE TABLE "validations" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "validations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"study_id" integer NOT NULL,
	"definition_hash" text NOT NULL,
	"definition" json NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "validations_definition" UNIQUE("study_id","definition_hash")
);
--> statement-breakpoint
ALTER TABLE "trial_artifacts" ADD CONSTRAINT "trial_artifacts_hash_artifacts_hash_fk" FOREIGN KEY ("hash") REFERENCES "public"."artifacts"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_artifacts" ADD CONSTRAINT "trial_artifacts_of_attempt" FOREIGN KEY ("trial_id","attempt") REFERENCES "public"."attempts"("trial_id","attempt") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_of_attempt" FOREIGN KEY ("trial_id","attempt") REFERENCES "public"."attempts"("trial_id","attempt") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "aliases" ADD CONSTRAINT "aliases_of_version" FOREIGN KEY ("model_id","version") REFERENCES "public"."model_versions"("model_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_policy_hash_artifacts_hash_fk" FOREIGN KEY ("policy_hash") REFERENCES "public"."artifacts"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judgements" ADD CONSTRAINT "judgements_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judgements" ADD CONSTRAINT "judgements_policy_hash_artifacts_hash_fk" FOREIGN KEY ("policy_hash") REFERENCES "public"."artifacts"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judgements" ADD CONSTRAINT "judgements_step_returns_hash_artifacts_hash_fk" FOREIGN KEY ("step_returns_hash") REFERENCES "public"."artifacts"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judgements" ADD CONSTRAINT "judgements_of_fold" FOREIGN KEY ("validation_id","fold") REFERENCES "public"."validation_folds"("validation_id","fold") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "validation_folds" ADD CONSTRAINT "validation_folds_validation_id_validations_id_fk" FOREIGN KEY ("validation_id") REFERENCES "public"."validations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "validations" ADD CONSTRAINT "validations_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "promotions_model" ON "promotions" USING btree ("model","sequence");--> statement-breakpoint
CREATE INDEX "trials_queue" ON "trials" USING btree ("study_id","id") WHERE "trials"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "trials_under_way" ON "trials" USING btree ("study_id") WHERE "trials"."state" = 'running';--> statement-breakpoint
CREATE INDEX "trials_changes" ON "trials" USING btree ("study_id","revision");--> statement-breakpoint
CREATE INDEX "trials_best" ON "trials" USING btree ("study_id","value","number") WHERE "trials"."state" = 'complete';