-- Whoever looks at a queue sees claims come and go: each is told with the kind of its case, and nothing else.
CREATE FUNCTION "tell_desk"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sublet', json_build_object('desk', coalesce(NEW.kind, OLD.kind))::text);
  RETURN NULL;
END $$;
CREATE TRIGGER "case_claims_tell" AFTER INSERT OR UPDATE OR DELETE ON "case_claims" FOR EACH ROW EXECUTE FUNCTION "tell_desk"();
