-- Days in time order, none twice, none unknown.
CREATE FUNCTION "only_grows"("days" date[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS
	$$ SELECT days = array(SELECT DISTINCT day FROM unnest(days) AS day WHERE day IS NOT NULL AND isfinite(day) ORDER BY day) $$;
--> statement-breakpoint
CREATE TABLE "trial_returns" (
	"trial_id" bigint PRIMARY KEY NOT NULL,
	"days" date[] NOT NULL,
	"returns" double precision[] NOT NULL,
	CONSTRAINT "trial_returns_days" CHECK (cardinality("trial_returns"."days") between 1 and 4096 and only_grows("trial_returns"."days")),
	CONSTRAINT "trial_returns_finite" CHECK (cardinality("trial_returns"."days") = cardinality("trial_returns"."returns") and 'Infinity' > all ("trial_returns"."returns") and '-Infinity' < all ("trial_returns"."returns"))
);
--> statement-breakpoint
ALTER TABLE "trial_returns" ADD CONSTRAINT "trial_returns_trial_id_trials_id_fk" FOREIGN KEY ("trial_id") REFERENCES "public"."trials"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
-- Written once, with the result of its trial.
CREATE TRIGGER "trial_returns_never_change" BEFORE UPDATE ON "trial_returns"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "trial_returns_go_with_their_study" BEFORE DELETE ON "trial_returns"
	FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION "refuse_removal"();
--> statement-breakpoint
CREATE TRIGGER "trial_returns_are_never_emptied" BEFORE TRUNCATE ON "trial_returns"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- A worker adds none to a trial that has ended. The statement that ends the trial, or enters it, does not see it as ended yet.
ALTER TABLE "trial_returns" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "trial_returns_are_read_by_all" ON "trial_returns" FOR SELECT USING (true);
--> statement-breakpoint
CREATE POLICY "trial_returns_of_open_trials" ON "trial_returns" FOR INSERT WITH CHECK (NOT EXISTS (
	SELECT FROM public.trials WHERE trials.id = trial_returns.trial_id AND trials.state IN ('complete', 'pruned', 'failed', 'cancelled')));
