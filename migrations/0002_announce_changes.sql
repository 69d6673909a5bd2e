-- Whoever moves a study's revision announces it on the channel assay_study; no verb has to remember to.

CREATE FUNCTION "announce_study"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('assay_study', json_build_object('study', NEW."id", 'revision', NEW."revision")::text);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "studies_announce" AFTER INSERT OR UPDATE OF "revision" ON "studies"
	FOR EACH ROW EXECUTE FUNCTION "announce_study"();
