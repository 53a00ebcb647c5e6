package dev.keyward.demo.company;

import java.util.List;

/// What a ticket is about, as sentences to choose from.
///
/// In them `{invoice}`, `{amount}`, `{month}`, `{charge}`, `{seats}`, `{plan}` and `{firm}` stand
/// for facts of the customer who writes, `{n}` for a small number and `{day}` for a day of the
/// week.
///
/// @param problems what happened; one is taken
/// @param details what makes it worse or clearer; one is taken
/// @param wishes what the writer asks for; one is taken
/// @param answers what the staff replies; one is taken for each note
record Topic(
    List<String> subjects,
    List<String> problems,
    List<String> details,
    List<String> wishes,
    List<String> answers) {

  static final List<Topic> ALL =
      List.of(
          new Topic(
              List.of(
                  "Question about invoice {invoice}",
                  "What is {amount} on our last bill?",
                  "Invoice {invoice} does not match our seats"),
              List.of(
                  "Invoice {invoice} over {amount} arrived and our bookkeeper cannot match it to"
                      + " anything.",
                  "We were billed {amount} for {month} (invoice {invoice}). I expected less.",
                  "Our auditor asks what exactly invoice {invoice} covers."),
              List.of(
                  "We are on the {plan} plan and I count {seats} seats, two of whom were on leave.",
                  "The PDF has no VAT line, which we need.",
                  "The amount is right as far as I can tell, but the address on it is our old one."),
              List.of(
                  "Could you send a breakdown per seat?",
                  "Please reissue it with our VAT number; I can send it by reply.",
                  "Who may I call about this?"),
              List.of(
                  "Checked {invoice}: {seats} seats on {plan}, matches the contract.",
                  "Sent the breakdown for {invoice} as CSV.",
                  "Asked billing to reissue {invoice} with the new address.")),
          new Topic(
              List.of(
                  "Refund for {month}?",
                  "When will our refund arrive",
                  "Still waiting for the money back on {invoice}"),
              List.of(
                  "On {day} somebody told me on the phone that we would get part of {amount} back.",
                  "Half of our team could not work for {n} days in {month}, as your status page says.",
                  "We cancelled {n} seats before the renewal and were billed for them on {invoice}."),
              List.of(
                  "Our bank shows nothing yet.",
                  "I understand that refunds take a while, but it has been {n} weeks.",
                  "The charge on our statement is {charge}, if that helps."),
              List.of(
                  "Could you check where it is?",
                  "Please tell me an amount and a date, that is all I need.",
                  "A credit on the next invoice would be fine as well."),
              List.of(
                  "Told {firm} that refunds take five to ten working days.",
                  "Finance wants the case checked against {invoice} before anything goes back.",
                  "Customer agreed to a credit instead.")),
          new Topic(
              List.of(
                  "Cannot sign in since {day}",
                  "SSO loop after password change",
                  "Locked out: code never arrives"),
              List.of(
                  "Since {day} three of us are sent back to the sign-in page over and over.",
                  "After our identity provider's update, single sign-on ends with \"invalid audience\".",
                  "The six-digit code reaches my phone {n} minutes late, when it has run out."),
              List.of(
                  "Private windows and another browser behave the same.",
                  "Only people who joined {firm} this year are affected.",
                  "It works from the office, not from home."),
              List.of(
                  "Can you reset our sessions?",
                  "Which audience should we configure?",
                  "We have a shift change at six, so this is a little urgent."),
              List.of(
                  "Sessions reset; asked them to try again.",
                  "Their provider sends the old entity id. Sent the guide.",
                  "SMS gateway was slow on {day}; recommended an authenticator app.")),
          new Topic(
              List.of(
                  "Calendar sync drops appointments",
                  "Double bookings after sync",
                  "Two-way sync stopped on {day}"),
              List.of(
                  "Appointments that customers book online do not show in our shared calendar.",
                  "Every entry that I move in the calendar appears twice in the planner.",
                  "Sync stopped on {day} at about nine in the morning without any message."),
              List.of(
                  "It concerns {n} of our calendars, all in the same account.",
                  "Disconnecting and connecting again helped for a day.",
                  "Yesterday two of our people stood at the same door."),
              List.of(
                  "Is there a log that I can send you?",
                  "Please look before the weekend, it is our busiest time.",
                  "Can we force a full sync?"),
              List.of(
                  "Their token had expired; full sync started by hand.",
                  "Reproduced with recurring events; engineering has it.",
                  "Asked for the calendar's name and time zone.")),
          new Topic(
              List.of(
                  "Times are one hour off", "Reminders at the wrong hour", "Time zone of {firm}"),
              List.of(
                  "Since the clocks changed, reminders go out one hour early.",
                  "Bookings made from abroad show in the visitor's time, not ours.",
                  "The weekly report counts Sunday evening as Monday."),
              List.of(
                  "Our account says Europe/Lisbon, which is right.",
                  "About {n} customers came at the wrong time this week.",
                  "New bookings are fine; the old recurring ones are off."),
              List.of(
                  "Can you shift the old ones in one go?",
                  "How do I set a time zone per location?",
                  "Please confirm that this is known."),
              List.of(
                  "Known: recurring entries made before the change keep the old offset.",
                  "Ran the repair for this account, {n} entries moved.",
                  "Explained the setting per location.")),
          new Topic(
              List.of(
                  "CSV import stops at row {n}00",
                  "Import of customers: umlauts broken",
                  "Cannot import our old price list"),
              List.of(
                  "The import stops at row {n}00 with \"unexpected value\", and I see nothing odd there.",
                  "All names with accents come out as question marks.",
                  "Prices with a comma are read as thousands: 12,50 became 1250."),
              List.of(
                  "The file comes straight from our old system and opens fine in a spreadsheet.",
                  "I tried semicolons and tabs.",
                  "There are about {n}000 rows, so fixing it by hand is out of the question."),
              List.of(
                  "May I send you the file?",
                  "Which encoding do you expect?",
                  "Could somebody run it for us?"),
              List.of(
                  "File is Latin-1; asked for UTF-8.",
                  "Imported by hand, {n}000 rows, two skipped.",
                  "Row has a line break inside a quoted field; parser bug filed.")),
          new Topic(
              List.of(
                  "App closes when I open a job",
                  "Android app: photos missing",
                  "App very slow since the update"),
              List.of(
                  "The app closes at once when I open a job that has photos.",
                  "Photos that our people take on site do not reach the office.",
                  "Since the update the day view needs {n} seconds to appear."),
              List.of(
                  "All of us have the same phone, a two-year-old one.",
                  "It began on {day}; nothing else changed here.",
                  "Offline it is fast, oddly."),
              List.of(
                  "Is there an older version that we can install?",
                  "Tell me what to send, I am happy to help find it.",
                  "We bill by those photos, so please."),
              List.of(
                  "Crash in the gallery on Android 13; fix is in beta.",
                  "Upload queue was stuck; cleared from our side.",
                  "Asked for the app's log.")),
          new Topic(
              List.of(
                  "Webhook deliveries fail",
                  "429 from your API although we are below the limit",
                  "API: customers endpoint times out"),
              List.of(
                  "Our endpoint answers 200, yet your log says the webhook failed.",
                  "We get 429 at about {n}0 requests a minute; the plan says more.",
                  "Listing customers with limit=100 times out in the evening."),
              List.of(
                  "We sign nothing and have no firewall in front.",
                  "Our integrator has a ticket at their side as well.",
                  "Retries work, but orders arrive in the wrong sequence."),
              List.of(
                  "Could you replay {day}'s events?",
                  "Can the limit be raised for {firm}?",
                  "Is a cursor safer than an offset here?"),
              List.of(
                  "Replayed {n}0 events.",
                  "Their client opens a new connection each time; sent sample code.",
                  "Limit is per key, they use one key for three systems.")),
          new Topic(
              List.of("Add {n} seats", "Upgrade from {plan}", "Can we share a seat?"),
              List.of(
                  "We take on {n} people next month and need seats for them.",
                  "We would like to leave the {plan} plan for the next one up.",
                  "Two people share one job here, mornings and afternoons."),
              List.of(
                  "At the moment we have {seats} seats.",
                  "Our year ends soon, so the date matters for the books.",
                  "I could not find the page where one changes that."),
              List.of(
                  "What would that cost per month?",
                  "Please do it from the first of the month.",
                  "Can I have a quote by email?"),
              List.of(
                  "Sent quote for {n} more seats.",
                  "Changed as of the first; next invoice will show it.",
                  "Shared seats are against the terms, explained kindly.")),
          new Topic(
              List.of(
                  "Delete data of a former customer",
                  "GDPR: copy of all data about one person",
                  "Who at your company can see our photos?"),
              List.of(
                  "A former customer of ours asks that we delete everything about her.",
                  "We have to hand out all data about one person within a month.",
                  "Our works council asks who can look at the pictures from the sites."),
              List.of(
                  "Some of it is in closed jobs that I cannot edit.",
                  "There are old attachments, too.",
                  "We need something in writing."),
              List.of(
                  "How do other firms do this?",
                  "Please confirm when it is done.",
                  "Is there an export for one contact?"),
              List.of(
                  "Sent the data-processing agreement and the list of roles.",
                  "Deletion scheduled, {n} days of grace.",
                  "Export per contact is under Privacy; sent the link.")),
          new Topic(
              List.of("Leaving at the end of the month", "How do I close our account", "Pause us"),
              List.of(
                  "We close for the season and will not need the planner until spring.",
                  "We have decided to go with another tool and want to end the contract.",
                  "The owner of {firm} retires, so we shut the account."),
              List.of(
                  "We have paid until the end of the month, invoice {invoice}.",
                  "It was a good time with you, it is only the price.",
                  "I must keep the job history for ten years."),
              List.of(
                  "What must I do, and by when?",
                  "Can we keep read access?",
                  "Please do not bill us again by mistake."),
              List.of(
                  "Offered the winter pause at a tenth of the price.",
                  "Sent the export and the notice period.",
                  "Churn reason: price.")),
          new Topic(
              List.of(
                  "Wish: repeat a job every other week",
                  "Please add a dark mode",
                  "Idea for the route view"),
              List.of(
                  "Jobs can repeat weekly or monthly, and nearly all of ours are every other week.",
                  "Our vans start before sunrise and the app blinds the drivers.",
                  "The route view could show which key hangs on which hook."),
              List.of(
                  "I asked around: {n} of my colleagues would use it daily.",
                  "The old system had it, which is why they bring it up.",
                  "It need not be pretty."),
              List.of(
                  "Is it planned?",
                  "I would test it gladly.",
                  "No hurry, and thank you for the rest of it!"),
              List.of(
                  "Added to the list, {n} votes now.",
                  "Planned for next quarter; may test.",
                  "Thanked them, no promise made.")),
          new Topic(
              List.of(
                  "Confirmation mails end in spam",
                  "Reminders not sent on {day}",
                  "Mails show the wrong sender"),
              List.of(
                  "Our customers find the booking confirmations in their spam folder.",
                  "No reminders went out on {day}, and {n} people did not come.",
                  "Mails carry your name as the sender instead of {firm}."),
              List.of(
                  "We set up the DNS records as in your guide.",
                  "Text messages did go out.",
                  "One large mail provider seems to be the strict one."),
              List.of(
                  "Can you check our records?",
                  "Could you send the missing ones now?",
                  "Where do I change the sender?"),
              List.of(
                  "DKIM record has a stray space; told them.",
                  "Queue was stuck for an hour on {day}; on the status page.",
                  "Sender is set per location; sent a screenshot.")));
}
