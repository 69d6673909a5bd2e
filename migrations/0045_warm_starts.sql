CREATE TABLE "warm_starts" (
	"study_id" integer NOT NULL,
	"source" text NOT NULL,
	"direction" "direction" NOT NULL,
	"tried" integer NOT NULL,
	"params" json NOT NULL,
	"objective_values" double precision[] NOT NULL,
	"taken_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "warm_starts_study_id_source_pk" PRIMARY KEY("study_id","source"),
	CONSTRAINT "warm_starts_trials" CHECK ("warm_starts"."tried" >= cardinality("warm_starts"."objective_values") and cardinality("warm_starts"."objective_values") = json_array_length("warm_starts"."params")
        and 'NaN' <> all ("warm_starts"."objective_values"))
);
--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "warm_start" json;--> statement-breakpoint
ALTER TABLE "warm_starts" ADD CONSTRAINT "warm_starts_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE TRIGGER "warm_starts_never_change" BEFORE UPDATE ON "warm_starts"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "warm_starts_go_with_their_study" BEFORE DELETE ON "warm_starts"
	FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "refuse_removal"();
--> statement-breakpoint
CREATE TRIGGER "warm_starts_are_never_emptied" BEFORE TRUNCATE ON "warm_starts"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
