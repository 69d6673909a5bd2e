CREATE TABLE "imported_studies" (
	"study_id" integer PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_id" bigint NOT NULL,
	"source_name" text NOT NULL,
	CONSTRAINT "imported_studies_once" UNIQUE("source","source_id","source_name")
);
--> statement-breakpoint
CREATE TABLE "imported_trials" (
	"trial_id" bigint PRIMARY KEY NOT NULL,
	"study_id" integer NOT NULL,
	"source_id" bigint NOT NULL,
	CONSTRAINT "imported_trials_once" UNIQUE("study_id","source_id")
);
--> statement-breakpoint
ALTER TABLE "imported_studies" ADD CONSTRAINT "imported_studies_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imported_trials" ADD CONSTRAINT "imported_trials_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imported_trials" ADD CONSTRAINT "imported_trials_study_id_imported_studies_study_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."imported_studies"("study_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
-- Which study and trial is which never changes, and is forgotten with them alone.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['imported_studies', 'imported_trials'] LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name || '_never_change', name);
		EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_removal()', name || '_go_with_their_study', name);
		EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_are_never_emptied', name);
	END LOOP;
END
$$;
