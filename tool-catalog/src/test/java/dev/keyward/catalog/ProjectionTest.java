package dev.keyward.catalog;

import static dev.keyward.catalog.Samples.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class ProjectionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "id|{'id':1,'key':'k'}|{'id':1}",
        "b a|{'a':1,'x':0,'b':2}|{'a':1,'b':2}",
        "who.name|{'who':{'name':'x','key':'k'}}|{'who':{'name':'x'}}",
        "notes[].text|{'notes':[{'text':'a','key':'k'},{'key':'k'}]}|{'notes':[{'text':'a'},{}]}",
        "tags[]|{'tags':['a','b']}|{'tags':['a','b']}",
        "grid[][].v|{'grid':[[{'v':1,'k':2}]]}|{'grid':[[{'v':1}]]}",
        "who|{'who':{'deep':{'er':1}}}|{'who':{'deep':{'er':1}}}",
        "[].id|[{'id':1,'key':'k'}]|[{'id':1}]",
        "who.name|{'who':null}|{'who':null}",
      })
  void onlyDeclaredFieldsLeaveInTheAnswersOrder(String paths, String answer, String expected) {
    assertEquals(quoted(expected).toString(), project(paths, quoted(answer)).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "who.name|{'who':'Bearer canary'}|{}",
        "who.name|{'who':['canary']}|{}",
        "notes[].text|{'notes':{'text':'canary'}}|{}",
        "notes[].text|{'notes':['canary']}|{'notes':[]}",
        "id|'canary'|{}",
        "id|['canary']|{}",
        "id|null|{}",
        "[].id|{'id':'canary'}|[]",
        "id|{'':'canary','id.':1}|{}",
      })
  void anAnswerOfAnotherShapeGivesNothing(String paths, String answer, String expected) {
    assertEquals(quoted(expected), project(paths, quoted(answer)));
  }

  @Test
  void ofAnErrorOnlyDeclaredErrorFieldsLeave() {
    Projection projection = Projection.ofJson(List.of("id"), List.of("error.code"));

    assertEquals(
        quoted("{'error':{'code':'x'}}"),
        projection.applyToError(quoted("{'id':1,'error':{'code':'x','headers':'canary'}}")));
  }

  @Test
  void withNoDeclaredErrorFieldsNothingOfAnErrorLeaves() {
    Projection projection = Projection.ofJson(List.of("id"), List.of());

    assertEquals(quoted("{}"), projection.applyToError(quoted("{'id':'canary'}")));
    assertEquals(quoted("{}"), projection.applyToError(quoted("'canary'")));
  }

  @Test
  void aTextAnswerIsAllOrNothing() {
    Projection projection = Projection.ofText(List.of("error.code"));

    assertEquals(quoted("'page'"), projection.apply(quoted("'page'")));
    assertEquals(quoted("''"), projection.apply(quoted("{'a':'canary'}")));
    assertEquals(quoted("{}"), projection.applyToError(quoted("'canary'")));
  }

  @Test
  void theAnswerItselfStaysAsItWas() {
    JsonNode answer = quoted("{'who':{'name':'x','key':'k'},'list':[{'a':1,'b':2}]}");

    project("who.name", answer);
    project("list[].a", answer);

    assertEquals(quoted("{'who':{'name':'x','key':'k'},'list':[{'a':1,'b':2}]}"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "a.", ".a", "a..b", "a[", "a[0]", "a[]b", "a b", "[]]", "a.[]", "a.[].b"})
  void aPathOfAnotherShapeIsRefused(String path) {
    assertThrows(IllegalArgumentException.class, () -> Projection.steps(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a a", "a a.b", "a.b a", "a[] a.b", "a.b a[].b", "[].a b"})
  void pathsThatContradictAreRefused(String paths) {
    List<String> list = Arrays.asList(paths.split(" ", -1));

    assertThrows(IllegalArgumentException.class, () -> Projection.ofJson(list, List.of()));
  }

  private static JsonNode project(String paths, JsonNode answer) {
    return Projection.ofJson(Arrays.asList(paths.split(" ", -1)), List.of()).apply(answer);
  }

  private static JsonNode quoted(String text) {
    return json(text.replace('\'', '"'));
  }
}
