package dev.keyward.demo.company;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// Writes the customers: small firms, each with the person who writes to support.
final class CustomerBook {
  private static final List<String> FIRMS =
      List.of(
          "Harbour Bicycles",
          "Lindqvist Joinery",
          "Marrow & Thyme Catering",
          "Okafor Dental Group",
          "Blue Heron Kayaks",
          "Castellano Tile",
          "Pinecrest Veterinary",
          "Tamsin Grey Architects",
          "Quayside Laundry",
          "Ibarra Window Cleaning",
          "Northfield Physiotherapy",
          "Vasquez Roofing",
          "Little Acorn Nurseries",
          "Brightwater Plumbing",
          "Sato Piano Tuning",
          "Fenwick Garden Design",
          "Alder Street Yoga",
          "Kowalski Auto Glass",
          "Meridian Home Care",
          "Petrov Electrical",
          "Saltmarsh Brewery Tours",
          "Redfern Locksmiths",
          "Ochre Interiors",
          "Wren & Daughter Upholstery");
  private static final List<String> FIRST =
      List.of(
          "Amara", "Jonas", "Priya", "Tomasz", "Elena", "Kwame", "Ingrid", "Mateo", "Sofia",
          "Declan", "Hana", "Luca", "Maeve", "Omar", "Freya", "Rafael", "Nadia", "Callum", "Yuki",
          "Bianca", "Stellan", "Zainab", "Piotr", "Greta");
  private static final List<String> LAST =
      List.of(
          "Bakker",
          "Lindqvist",
          "Raman",
          "Nowak",
          "Castellano",
          "Okafor",
          "Halvorsen",
          "Ibarra",
          "Moreau",
          "Byrne",
          "Sato",
          "Ferrari",
          "Doyle",
          "Haddad",
          "Grey",
          "Vasquez",
          "Petrova",
          "Fraser",
          "Tanaka",
          "Conti",
          "Ekman",
          "Bello",
          "Kowalski",
          "Weiss");

  private static final List<Plan> PLANS = List.of(Plan.values());

  private final RandomGenerator random;
  private final Ids ids;
  private final Instant now;

  CustomerBook(RandomGenerator random, Instant now) {
    this.random = random;
    this.ids = new Ids(random);
    this.now = now;
  }

  List<Customer> write() {
    var customers = new ArrayList<Customer>();
    for (int i = 0; i < FIRMS.size(); i++) {
      customers.add(customer(i));
    }
    return customers;
  }

  private Customer customer(int number) {
    String firm = FIRMS.get(number);
    String name = FIRST.get(number) + " " + LAST.get((number * 7 + 3) % LAST.size());
    String mail = name.toLowerCase(Locale.ROOT).replace(' ', '.') + "@" + domain(firm);
    Plan plan = PLANS.get(random.nextInt(PLANS.size()));
    return new Customer(
        ids.next("cus_", 14),
        firm,
        new Contact("con_" + (2001 + number), name, mail),
        plan,
        random.nextInt(2, 18),
        String.format(Locale.ROOT, "%08X", random.nextInt()),
        now.minus(Duration.ofDays(random.nextInt(400, 1500))));
  }

  private static String domain(String firm) {
    return firm.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-") + ".example";
  }
}
