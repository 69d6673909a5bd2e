CREATE TABLE "data_days" (
	"data_hash" text NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"bars_hash" text NOT NULL,
	CONSTRAINT "data_days_data_hash_bars_hash_pk" PRIMARY KEY("data_hash","bars_hash")
);
--> statement-breakpoint
CREATE INDEX "data_days_bars" ON "data_days" USING btree ("bars_hash");--> statement-breakpoint
CREATE TRIGGER "data_days_only_grow" BEFORE UPDATE OR DELETE ON "data_days"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "data_days_are_never_emptied" BEFORE TRUNCATE ON "data_days"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
