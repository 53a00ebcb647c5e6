package dev.keyward.redaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.rules.Rules;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// Secrets that nobody registered and that only the structure around them gives away; `{p}` and
/// `{q}` stand for passwords, `{s}` for a key.
final class StructuresTest {
  private static final String PASSWORD = "gr33n-lamp7";
  private static final String OTHER = "blu3.chair9";
  private static final String KEY = "Zk4vQ9sLw2Xc7Rb1Tn5g";

  private final Redactor redactor = new Redactor(() -> KnownSecrets.of(List.of()), Rules::standard);

  static Stream<String> theSecretGoes() {
    return Stream.of(
        // XML
        "<config><password>{p}</password></config>",
        "<config><password><![CDATA[{p}]]></password></config>",
        "<wsse:Password Type=\"http://example/y#PasswordText\">{p}</wsse:Password>",
        "<entry key=\"db.password\">{p}</entry>",
        "<add value=\"{s}\" key=\"ApiKey\"/>",
        "<property name=\"password\"><value>{p}</value></property>",
        "<param><name>password</name><value>{p}</value></param>",
        "<dict><key>apiToken</key><string>{s}</string></dict>",
        "<password encoding=\"plain\">{p}&amp;x</password>",
        "<?xml version=\"1.0\"?><server><username>ann</username><password>{p}</password></server>",
        // HTML
        "<input value=\"{s}\" type=hidden name=csrf_token>",
        "<meta content=\"{s}\" name=\"csrf-token\">",
        "<div data-api-key=\"{s}\">x</div>",
        "<dl><dt>API key</dt><dd><code>{s}</code></dd></dl>",
        "<tr><td>Password</td><td>{p}</td></tr>",
        "<table><tr><th>User</th><th>Password</th></tr><tr><td>ann</td><td>{p}</td></tr></table>",
        "<table><thead><tr><th>User</th><th>Password</th><th>x</th></tr></thead><tbody><tr><td>ann"
            + "</td><td>{p}</td><td>y</td></tr><tr><td>bob</td><td>{q}</td><td>z</td></tr></tbody></table>",
        "<iframe"
            + " srcdoc=\"&lt;dl&gt;&lt;dt&gt;Password&lt;/dt&gt;&lt;dd&gt;{p}&lt;/dd&gt;&lt;/dl&gt;\"></iframe>",
        "<pre>DB_PASSWORD=<span class=\"s\">{p}</span></pre>",
        "<span style=\"display:none\">token={s}</span>",
        // CSV and other tables
        "name,password,role\nann,{p},admin\nbob,{q},user\n",
        "\"name\",\"password\",\"role\"\r\n\"Lamp, Ann\",\"{p}\",\"admin\"\r\n",
        "name,note,password\nann,\"likes\nnew, lines\",{p}\nbob,x,{q}\n",
        "Username,Password (initial),Role\nann,{p},x\n",
        "name;password;role\nann;{p};admin",
        "name\tapi_key\trole\nann\t{s}\tadmin",
        "Name | API token | Note\n--- | --- | ---\nann | {s} | hi",
        "| Setting | Value |\n|---|---|\n| db.password | {p} |\n| api_key | {s} |",
        "│ user │ password │\n├──────┼──────────┤\n│ ann  │ {p} │",
        "NAME      TYPE     TOKEN                  AGE\ndefault   Opaque   {s}   3d\n",
        // YAML and outlines
        "password: |\n  {p}\n",
        "api_key: >-\n  {s}\nnext: 1",
        "private_key: |\n  {s}{s}\n  {s}{s}{s}\nname: x",
        "password: !!str {p}\n",
        "env:\n  - name: DB_PASSWORD\n    value: {p}\n",
        "env:\n  - value: {p}\n    name: DB_PASSWORD\n",
        "passwords:\n  - {p}\n  - {q}\n",
        "tokens:\n- {s}\n",
        "passwords:\n  ann: {p}\n  bob: {q}\n",
        "db:\n  password:\n    value: {p}\n",
        "{\"passwords\": [\"{p}\", \"{q}\"]}",
        "{\"value\": \"{s}\", \"name\": \"API_KEY\"}",
        "{\"headers\": [{\"name\": \"Authorization\", \"value\": \"{s}\"}]}",
        "# API token\n\n{s}\n",
        "**Password:** {p}",
        "**API key** `{s}`",
        // forms
        "grant_type=password&username=ann&password={p}%26x&scope=a",
        "client_id=abc&client%5Fsecret={s}&x=1",
        "user%5Bpassword%5D={p}&a=b",
        // languages
        "Mot de passe : {p}",
        "Jelszó: {p}",
        "Şifre: {p}",
        "κωδικός: {p}",
        "كلمة المرور: {p}",
        "รหัสผ่าน: {p}",
        "暗証番号: {p}",
        "clé secrète : {s}");
  }

  @ParameterizedTest
  @MethodSource
  void theSecretGoes(String written) {
    String text = written.replace("{p}", PASSWORD).replace("{q}", OTHER).replace("{s}", KEY);

    String scrubbed = redactor.scrub(text).text();

    assertEquals(List.of(), left(scrubbed), scrubbed);
    assertTrue(scrubbed.contains(Redactor.REPLACEMENT), scrubbed);
  }

  static Stream<String> theTextStays() {
    return Stream.of(
        "properties:\n  password:\n    type: string\n    minLength: 8\n",
        "secretKeyRef:\n  name: db-main2\n  key: pass2word\n",
        "tokens:\n  - the\n  - quick\n  - brown\n",
        "The password, the token, and the key\nare kept, as always, by others\n",
        "<form><label>Password</label><input type=\"password\" name=\"password\"></form>",
        "<xs:element name=\"password\" type=\"xs:string\"/>",
        "<p>Forgot your password?</p><p>Click-here2</p>",
        "user,password_policy,role\nann,strict-2,admin\n",
        "Reset password\n\nStep-1\n",
        "-----BEGIN PGP SIGNATURE-----\n\nwsBcBAABCAAQBQJc3C39CRBK7hj4Ov3rIwAAdHIIABva\n",
        "Usage: run [options]\n  --password  the password to use\n  --token     the token to use\n",
        "| Option | Default |\n|---|---|\n| password | none |\n| max_tokens | 4096 |");
  }

  @ParameterizedTest
  @MethodSource
  void theTextStays(String text) {
    assertEquals(text, redactor.scrub(text).text());
  }

  @Test
  void whatStandsAroundASecretOfAPageStaysByteForByte() {
    String before = "<!DOCTYPE html>\n<TABLE  border = 1><tr><td>API key\n</td>\n\t<td class='a' >";
    String after = "</TD></tr ></table>&nbsp;&bogus; <p>unclosed <b>tags";

    String scrubbed = redactor.scrub(before + KEY + after).text();

    assertEquals(before + Redactor.REPLACEMENT + after, scrubbed);
  }

  @Test
  void columnsOfJsonAreNamedBesideTheRowsOrByTheFirst() {
    for (String json :
        List.of(
            "{\"columns\": [\"user\", \"password\"], \"rows\": [[\"ann\", \"%s\"], [\"bob\", 7]]}",
            "[[\"user\", \"password\"], [\"ann\", \"%s\"]]",
            "{\"fields\": [{\"name\": \"id\"}, {\"name\": \"api_token\"}], \"data\": [[1,"
                + " \"%s\"]]}",
            "{\"credentials\": {\"ann\": \"%s\"}}")) {
      var tree = JsonMapper.shared().readTree(json.formatted(KEY));

      String scrubbed = redactor.scrub(tree).text();

      assertEquals(List.of(), left(scrubbed), scrubbed);
    }
  }

  private static List<String> left(String scrubbed) {
    return Stream.of(PASSWORD, OTHER, KEY).filter(scrubbed::contains).toList();
  }
}
