package dev.keyward.approvals.web;

/// Why a page was not shown or a form not taken, in words for the person at the browser.
///
/// None of them repeats what was sent, or says what a stranger should not know.
enum Problem {
  STRANGER(
      401,
      "Please sign in",
      "A one-time link signs you in. Ask the person who runs this broker for one; they make it with"
          + " this command:",
      "keyward person link NAME"),
  LINK_OVER(
      410,
      "This link no longer works",
      "A sign-in link works once, for 15 minutes. This one has been used, has expired, or was not"
          + " copied whole. A new one is made with this command:",
      "keyward person link NAME"),
  FOREIGN(
      403,
      "That did not come from this page",
      "The form was sent from another site, or from a page that is no longer valid. Nothing was"
          + " changed. Open the page again and repeat what you did.",
      ""),
  NOT_LET_IN(
      403,
      "You are not signed in",
      "Either the sign-in took too long or began in another browser, or you are in none of the"
          + " groups that may come in, or your name here belongs to somebody else. The broker's log"
          + " says which. Go back and try again, or ask the person who runs this broker.",
      ""),
  PASSKEY_NOT_LET_IN(
      403,
      "You are not signed in",
      "Either that took longer than two minutes or began in another browser, or this passkey signs"
          + " nobody in here: it is not known, or whose it is signs in another way or may not come"
          + " in. Try again, or ask the person who runs this broker.",
      ""),
  NOT_FOUND(
      404,
      "There is nothing here",
      "No such page, or not for you. A request that you may not see looks the same as one that"
          + " does not exist.",
      ""),
  METHOD(405, "That is not possible here", "This address is for looking at and for forms.", ""),
  TOO_LARGE(
      413, "That is too long", "The form is larger than this page takes. Nothing was changed.", ""),
  MISDIRECTED(
      421,
      "Wrong address",
      "This broker's pages answer under their configured address only. Open that one.",
      ""),
  MALFORMED(
      422,
      "That form cannot be read",
      "A field is missing, is there twice, or has a form that this page does not send. Nothing was"
          + " changed. Open the page again and repeat what you did.",
      ""),
  CROWDED(
      429,
      "Too many sign in at the moment",
      "More have begun than this broker keeps. Try again in two minutes.",
      ""),
  UNREADABLE(400, "That cannot be read", "The request does not make sense.", ""),
  BROKEN(
      500,
      "Something broke",
      "That is the broker's fault, not yours. Its log says more. Look at the request again before"
          + " you repeat a decision.",
      ""),
  UNAVAILABLE(
      503,
      "The broker cannot write at the moment",
      "Nothing was changed. Try again in a little while.",
      ""),
  SIGN_IN_DOWN(
      503,
      "Nobody can be signed in at the moment",
      "The sign-in service does not answer. Try again in a little while.",
      "");

  private final int status;
  private final String title;
  private final String text;
  private final String command;

  Problem(int status, String title, String text, String command) {
    this.status = status;
    this.title = title;
    this.text = text;
    this.command = command;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  String text() {
    return text;
  }

  /// {@return a command that helps, or the empty string}
  String command() {
    return command;
  }

  /// {@return the problem that stands for an HTTP status which the container answers with}
  static Problem of(int status) {
    for (Problem problem : values()) {
      if (problem.status == status) {
        return problem;
      }
    }
    return status < 500 ? UNREADABLE : BROKEN;
  }
}
