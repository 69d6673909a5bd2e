CREATE TABLE "validation_checks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "validation_checks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"validation_id" integer NOT NULL,
	"subject" text NOT NULL,
	"rule" integer NOT NULL,
	"fold" integer,
	"trial_id" bigint,
	"seed" bigint,
	"result" json NOT NULL,
	"ran_on" jsonb,
	"checked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "validation_checks_once" UNIQUE NULLS NOT DISTINCT("validation_id","subject","rule","trial_id","seed","fold"),
	CONSTRAINT "validation_checks_subject" CHECK (case "validation_checks"."subject" when 'data' then num_nonnulls("validation_checks"."fold", "validation_checks"."trial_id", "validation_checks"."seed") = 0
        when 'features' then "validation_checks"."fold" is not null and num_nonnulls("validation_checks"."trial_id", "validation_checks"."seed") = 0
        when 'policy' then num_nonnulls("validation_checks"."fold", "validation_checks"."trial_id", "validation_checks"."seed") = 3 else false end)
);
--> statement-breakpoint
ALTER TABLE "validation_folds" DROP CONSTRAINT "validation_folds_order";--> statement-breakpoint
ALTER TABLE "validation_folds" ADD COLUMN "parts" json;--> statement-breakpoint
ALTER TABLE "validations" ADD COLUMN "scheme" text;--> statement-breakpoint
ALTER TABLE "validations" ADD COLUMN "origin" text DEFAULT 'assay' NOT NULL;--> statement-breakpoint
ALTER TABLE "validation_checks" ADD CONSTRAINT "validation_checks_validation_id_validations_id_fk" FOREIGN KEY ("validation_id") REFERENCES "public"."validations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "validation_checks" ADD CONSTRAINT "validation_checks_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "validation_checks" ADD CONSTRAINT "validation_checks_of_fold" FOREIGN KEY ("validation_id","fold") REFERENCES "public"."validation_folds"("validation_id","fold") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "validation_folds" ADD CONSTRAINT "validation_folds_order" CHECK ("validation_folds"."train_start" < "validation_folds"."train_end" and ("validation_folds"."train_end" <= "validation_folds"."test_start" or "validation_folds"."parts" is not null)
        and "validation_folds"."test_start" < "validation_folds"."test_end" and "validation_folds"."purged_bars" >= 0);--> statement-breakpoint
ALTER TABLE "validations" ADD CONSTRAINT "validations_origin" CHECK ("validations"."origin" in ('assay', 'external'));--> statement-breakpoint
-- Results of checks are evidence: they only grow, and go with their study.
CREATE TRIGGER "validation_checks_only_grow" BEFORE UPDATE ON "validation_checks"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "validation_checks_go_with_their_study" BEFORE DELETE ON "validation_checks"
	FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "refuse_removal"();
--> statement-breakpoint
CREATE TRIGGER "validation_checks_are_never_emptied" BEFORE TRUNCATE ON "validation_checks"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
