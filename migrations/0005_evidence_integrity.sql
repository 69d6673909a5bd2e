CREATE TABLE "attempt_data" (
	"trial_id" bigint NOT NULL,
	"attempt" integer NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"searched_until" timestamp with time zone,
	CONSTRAINT "attempt_data_trial_id_attempt_name_pk" PRIMARY KEY("trial_id","attempt","name")
);
--> statement-breakpoint
CREATE TABLE "study_data" (
	"study_id" integer NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"bound_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "study_data_study_id_name_pk" PRIMARY KEY("study_id","name")
);
--> statement-breakpoint
CREATE TABLE "validation_trials" (
	"validation_id" integer NOT NULL,
	"trial_id" bigint NOT NULL,
	"seeds" bigint[] NOT NULL,
	CONSTRAINT "validation_trials_validation_id_trial_id_pk" PRIMARY KEY("validation_id","trial_id")
);
--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "source_hash" text;--> statement-breakpoint
ALTER TABLE "judgements" ADD COLUMN "drawdown_limit" double precision DEFAULT 'NaN' NOT NULL;--> statement-breakpoint
ALTER TABLE "judgements" ADD COLUMN "data_names" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "judgements" ADD COLUMN "data_hashes" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "attempt_data" ADD CONSTRAINT "attempt_data_of_attempt" FOREIGN KEY ("trial_id","attempt") REFERENCES "public"."attempts"("trial_id","attempt") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "study_data" ADD CONSTRAINT "study_data_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "validation_trials" ADD CONSTRAINT "validation_trials_validation_id_validations_id_fk" FOREIGN KEY ("validation_id") REFERENCES "public"."validations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "validation_trials" ADD CONSTRAINT "validation_trials_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "study_data_hash" ON "study_data" USING btree ("hash");--> statement-breakpoint
-- Seeds belonged to a validation; now they belong to each trial that it judged. One row of each pair is enough: they agree.
INSERT INTO "validation_trials" ("validation_id", "trial_id", "seeds")
	SELECT "validations"."id", "judged"."trial_id", "validations"."seeds"
	FROM "validations" JOIN (SELECT DISTINCT "validation_id", "trial_id" FROM "judgements" WHERE "trial_id" IS NOT NULL) "judged"
	ON "judged"."validation_id" = "validations"."id";
--> statement-breakpoint
ALTER TABLE "validations" DROP COLUMN "seeds";--> statement-breakpoint
ALTER TABLE "judgements" ADD CONSTRAINT "judgements_data" CHECK (cardinality("judgements"."data_names") = cardinality("judgements"."data_hashes"));