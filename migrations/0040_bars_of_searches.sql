DROP INDEX "data_days_bars";--> statement-breakpoint
ALTER TABLE "data_days" DROP CONSTRAINT "data_days_data_hash_bars_hash_pk";--> statement-breakpoint
ALTER TABLE "data_days" ADD CONSTRAINT "data_days_data_hash_starts_at_bars_hash_pk" PRIMARY KEY("data_hash","starts_at","bars_hash");--> statement-breakpoint
ALTER TABLE "data_days" ADD COLUMN "id" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "data_days_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
CREATE INDEX "data_days_bars" ON "data_days" USING btree ("bars_hash","data_hash","starts_at");--> statement-breakpoint
ALTER TABLE "data_days" ADD CONSTRAINT "data_days_id" UNIQUE("id");
--> statement-breakpoint
-- Identities are given in the order in which rows become visible, so that the largest one changes with every row that readers have not seen.
CREATE FUNCTION "take_turns"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('turns of ' || TG_TABLE_NAME, 0));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "looks_take_turns" BEFORE INSERT ON "looks"
	FOR EACH STATEMENT EXECUTE FUNCTION "take_turns"();
--> statement-breakpoint
CREATE TRIGGER "data_days_take_turns" BEFORE INSERT ON "data_days"
	FOR EACH STATEMENT EXECUTE FUNCTION "take_turns"();
