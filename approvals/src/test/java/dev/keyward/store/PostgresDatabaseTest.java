package dev.keyward.store;

final class PostgresDatabaseTest extends DatabaseContract {
  private final PostgresSettings settings = TestPostgres.shared().database();

  @Override
  Database open() {
    return PostgresDatabase.open(settings);
  }

  @Override
  long commits(Database database) {
    return ((PostgresDatabase) database).commits();
  }

  /// The server has no quota, so a trigger says in its words what a full disk would.
  @Override
  void limitSpace(Database database) {
    database.write(
        tx ->
            tx.sql()
                .execute(
                    """
                    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                      IF length(NEW.text) > 1000000 THEN
                        RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full';
                      END IF;
                      RETURN NEW;
                    END $$;
                    CREATE TRIGGER room BEFORE INSERT ON notes
                      FOR EACH ROW EXECUTE FUNCTION full_disk()"""));
  }

  @Override
  void freeSpace(Database database) {
    database.write(tx -> tx.sql().execute("DROP TRIGGER room ON notes"));
  }
}
