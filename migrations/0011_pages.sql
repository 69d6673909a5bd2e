CREATE TABLE "trial_figures" (
	"study_id" integer NOT NULL,
	"name" text NOT NULL,
	"number" integer NOT NULL,
	"figure" double precision,
	"label" text,
	CONSTRAINT "trial_figures_study_id_name_number_pk" PRIMARY KEY("study_id","name","number")
);
--> statement-breakpoint
CREATE INDEX "trial_figures_order" ON "trial_figures" USING btree ("study_id","name","figure","number") WHERE "trial_figures"."figure" is not null;--> statement-breakpoint
CREATE INDEX "trial_labels_order" ON "trial_figures" USING btree ("study_id","name","label" collate "C","number") WHERE "trial_figures"."label" is not null;--> statement-breakpoint
CREATE INDEX "trials_by_value" ON "trials" USING btree ("study_id","value","number");--> statement-breakpoint
CREATE INDEX "trials_by_start" ON "trials" USING btree ("study_id","started_at","number");--> statement-breakpoint
CREATE INDEX "trials_by_end" ON "trials" USING btree ("study_id","finished_at","number");--> statement-breakpoint
CREATE INDEX "trials_by_duration" ON "trials" USING btree ("study_id",("finished_at" - "started_at"),"number");