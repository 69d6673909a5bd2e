DROP INDEX "trials_best";--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "objectives" json;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "prune_on" json;--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "objective_values" double precision[];--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "constraints" double precision[];--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "feasible" boolean GENERATED ALWAYS AS (constraints is null or 0::double precision >= all (constraints)) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "trials_best" ON "trials" USING btree ("study_id","value","number") WHERE "trials"."state" = 'complete' and "trials"."feasible";--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_result" CHECK (num_nonnulls("trials"."objective_values", "trials"."constraints") = 0 or ("trials"."state" = 'complete'
          and ("trials"."objective_values" is null or ("trials"."objective_values"[1] = "trials"."value" and 'NaN' <> all ("trials"."objective_values")))
          and ("trials"."constraints" is null or 'NaN' <> all ("trials"."constraints"))));