package dev.keyward.redaction.rules;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;

/// What makes a value genuine beyond its characters.
enum Checksum {
  /// Nothing.
  NONE(false),
  /// The last six characters are the CRC-32 of those after the first `_`, in base 62 (GitHub, npm).
  CRC32_BASE62(false),
  /// The first part is a JSON object in base64url (JWT, JWE).
  JOSE(true),
  /// Starts with a JSON object in base64.
  BASE64_JSON(true),
  /// `name:value` in base64 (HTTP Basic).
  BASE64_PAIR(true),
  /// CRC-16 over base32 (NATS seeds).
  NKEY(false),
  /// Luhn's digit, and a length and first digits that card networks give out (ISO/IEC 7812).
  CARD(true),
  /// Remainder 1 by 97, and the length of the country (ISO 13616).
  IBAN(true),
  /// Luhn's digit.
  LUHN(true),
  /// Spain's DNI and NIE: a letter by the number modulo 23.
  DNI(true),
  /// Brazil's CPF: two digits modulo 11.
  CPF(true),
  /// Italy's codice fiscale: a letter modulo 26.
  CODICE_FISCALE(true),
  /// France's NIR: two digits, 97 less the number modulo 97.
  NIR(true),
  /// The Netherlands' BSN: weights 9 to 2 and -1, modulo 11.
  BSN(true),
  /// Poland's PESEL: weights 1 3 7 9, modulo 10.
  PESEL(true),
  /// Germany's tax id: ISO 7064, mod 11, 10.
  STEUER_ID(true),
  /// The United Kingdom's NHS number: weights 10 to 2, modulo 11.
  NHS(true),
  /// India's Aadhaar: Verhoeff's digit.
  AADHAAR(true),
  /// Belgium's national number: 97 less the number modulo 97.
  BELGIAN(true),
  /// Sweden's personnummer: Luhn's digit over ten digits.
  PERSONNUMMER(true),
  /// Finland's henkilötunnus: a letter by the number modulo 31.
  HETU(true),
  /// China's resident number: ISO 7064, mod 11-2.
  CHINESE(true),
  /// The United States' social security number: ranges that are never given out.
  SSN(true);

  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private static final Map<String, Integer> IBAN_LENGTHS = ibanLengths();

  private final boolean decides;

  Checksum(boolean decides) {
    this.decides = decides;
  }

  /// {@return whether a value for which it does not hold is none}
  ///
  /// Otherwise it only confirms: a token whose checksum is wrong is more often one of an older
  /// form, or cut or altered by whoever wrote it down, than something harmless.
  boolean decides() {
    return decides;
  }

  /// {@return whether it holds for `value`}
  boolean holds(String value) {
    return switch (this) {
      case NONE -> false;
      case CRC32_BASE62 -> crc32(value);
      case JOSE -> json(value.substring(0, Math.max(0, value.indexOf('.'))));
      case BASE64_JSON -> json(value);
      case BASE64_PAIR -> pair(value);
      case NKEY -> nkey(value);
      case CARD -> card(digits(value));
      case IBAN -> iban(value);
      case LUHN -> luhn(digits(value));
      case DNI -> dni(letters(value));
      case CPF -> cpf(digits(value));
      case CODICE_FISCALE -> codiceFiscale(letters(value));
      case NIR -> nir(letters(value));
      case BSN -> bsn(digits(value));
      case PESEL -> pesel(digits(value));
      case STEUER_ID -> steuerId(digits(value));
      case NHS -> nhs(digits(value));
      case AADHAAR -> aadhaar(digits(value));
      case BELGIAN -> belgian(digits(value));
      case PERSONNUMMER -> personnummer(digits(value));
      case HETU -> hetu(value);
      case CHINESE -> chinese(letters(value));
      case SSN -> ssn(digits(value));
    };
  }

  private static String digits(String value) {
    return value.replaceAll("[^0-9]", "");
  }

  private static String letters(String value) {
    return value.replaceAll("[^0-9A-Za-z]", "").toUpperCase(Locale.ROOT);
  }

  private static boolean crc32(String value) {
    int from = value.lastIndexOf('_') + 1;
    int to = value.length() - 6;
    if (to <= from) {
      return false;
    }
    var crc = new CRC32();
    crc.update(value.substring(from, to).getBytes(StandardCharsets.ISO_8859_1));
    long left = crc.getValue();
    for (int i = value.length() - 1; i >= to; i--) {
      if (value.charAt(i) != BASE62.charAt((int) (left % 62))) {
        return false;
      }
      left /= 62;
    }
    return left == 0;
  }

  private static boolean json(String value) {
    String start = value.substring(0, Math.min(value.length(), 400) / 4 * 4);
    String text = decoded(start.replace('-', '+').replace('_', '/')).strip();
    return text.startsWith("{") && text.substring(1).strip().startsWith("\"");
  }

  private static boolean pair(String value) {
    String text = decoded(value);
    int colon = text.indexOf(':');
    return colon >= 0 && text.length() > 1 && text.chars().allMatch(c -> c >= 32 && c != 127);
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException notBase64) {
      return "";
    }
  }

  private static boolean nkey(String value) {
    var bits = BigInteger.ZERO;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      int digit = c >= 'A' && c <= 'Z' ? c - 'A' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
      if (digit < 0) {
        return false;
      }
      bits = bits.shiftLeft(5).or(BigInteger.valueOf(digit));
    }
    byte[] bytes = bits.shiftRight(value.length() * 5 % 8).toByteArray();
    int start = bytes.length > value.length() * 5 / 8 ? 1 : 0;
    int crc = 0;
    for (int i = start; i < bytes.length - 2; i++) {
      crc ^= (bytes[i] & 0xff) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = ((crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021 : 0)) & 0xffff;
      }
    }
    return bytes.length > 2
        && crc == ((bytes[bytes.length - 1] & 0xff) << 8 | (bytes[bytes.length - 2] & 0xff));
  }

  private static boolean luhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighed = i % 2 == 0 ? digit : 2 * digit;
      sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return digits.length() > 1 && sum % 10 == 0 && digits.chars().distinct().count() > 1;
  }

  private static boolean card(String digits) {
    if (digits.length() < 13 || digits.length() > 19 || !luhn(digits)) {
      return false;
    }
    int two = Integer.parseInt(digits.substring(0, 2));
    int four = Integer.parseInt(digits.substring(0, 4));
    int length = digits.length();
    boolean visa = two / 10 == 4 && (length == 13 || length == 16 || length == 19);
    boolean mastercard =
        length == 16 && ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720));
    boolean amex = length == 15 && (two == 34 || two == 37);
    boolean discover =
        length >= 16 && (four == 6011 || two == 65 || (four >= 6440 && four <= 6499));
    boolean diners =
        length >= 14 && ((four >= 3000 && four <= 3059) || two == 36 || two == 38 || two == 39);
    boolean jcb = length >= 16 && four >= 3528 && four <= 3589;
    boolean unionPay = length >= 16 && (two == 62 || two == 81);
    boolean maestro =
        length >= 13 && (two == 50 || (two >= 56 && two <= 58) || two == 63 || two == 67);
    boolean mir = length >= 16 && four >= 2200 && four <= 2204;
    return visa || mastercard || amex || discover || diners || jcb || unionPay || maestro || mir;
  }

  private static boolean iban(String value) {
    String iban = letters(value);
    if (iban.length() < 15 || IBAN_LENGTHS.getOrDefault(iban.substring(0, 2), 0) != iban.length()) {
      return false;
    }
    int rest = 0;
    String turned = iban.substring(4) + iban.substring(0, 4);
    for (int i = 0; i < turned.length(); i++) {
      char c = turned.charAt(i);
      int number = c >= 'A' ? c - 'A' + 10 : c - '0';
      rest = (number > 9 ? rest * 100 + number : rest * 10 + number) % 97;
    }
    return rest == 1;
  }

  private static Map<String, Integer> ibanLengths() {
    String all =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29"
            + "ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28"
            + "LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29"
            + "RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";
    var lengths = new java.util.HashMap<String, Integer>();
    for (int i = 0; i < all.length(); i += 4) {
      lengths.put(all.substring(i, i + 2), Integer.valueOf(all.substring(i + 2, i + 4)));
    }
    return Map.copyOf(lengths);
  }

  private static boolean dni(String value) {
    if (value.length() != 9) {
      return false;
    }
    int first = "XYZ".indexOf(value.charAt(0));
    String number =
        (first < 0 ? value.substring(0, 1) : String.valueOf(first)) + value.substring(1, 8);
    return number.chars().allMatch(Character::isDigit)
        && "TRWAGMYFPDXBNJZSQVHLCKE".charAt(Integer.parseInt(number) % 23) == value.charAt(8);
  }

  private static boolean cpf(String digits) {
    if (digits.length() != 11 || digits.chars().distinct().count() == 1) {
      return false;
    }
    return cpfDigit(digits, 9) == digits.charAt(9) - '0'
        && cpfDigit(digits, 10) == digits.charAt(10) - '0';
  }

  private static int cpfDigit(String digits, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (digits.charAt(i) - '0') * (count + 1 - i);
    }
    return sum * 10 % 11 % 10;
  }

  private static boolean codiceFiscale(String value) {
    if (value.length() != 16) {
      return false;
    }
    int[] odd = {
      1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
    };
    int sum = 0;
    for (int i = 0; i < 15; i++) {
      char c = value.charAt(i);
      int number = c <= '9' ? c - '0' : c - 'A';
      sum += i % 2 == 0 ? odd[number] : number;
    }
    return value.charAt(15) == 'A' + sum % 26;
  }

  private static boolean nir(String value) {
    String digits = value.replace("2A", "19").replace("2B", "18");
    return digits.length() == 15
        && digits.chars().allMatch(Character::isDigit)
        && 97 - Long.parseLong(digits.substring(0, 13)) % 97
            == Long.parseLong(digits.substring(13));
  }

  private static boolean bsn(String digits) {
    if (digits.length() != 9) {
      return false;
    }
    int sum = -(digits.charAt(8) - '0');
    for (int i = 0; i < 8; i++) {
      sum += (9 - i) * (digits.charAt(i) - '0');
    }
    return sum % 11 == 0 && digits.chars().distinct().count() > 1;
  }

  private static boolean pesel(String digits) {
    if (digits.length() != 11) {
      return false;
    }
    int[] weights = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1};
    int sum = 0;
    for (int i = 0; i < 11; i++) {
      sum += weights[i] * (digits.charAt(i) - '0');
    }
    return sum % 10 == 0 && digits.chars().distinct().count() > 1;
  }

  private static boolean steuerId(String digits) {
    if (digits.length() != 11 || digits.charAt(0) == '0') {
      return false;
    }
    int product = 10;
    for (int i = 0; i < 10; i++) {
      int sum = (digits.charAt(i) - '0' + product) % 10;
      product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10 == digits.charAt(10) - '0';
  }

  private static boolean nhs(String digits) {
    if (digits.length() != 10) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < 9; i++) {
      sum += (10 - i) * (digits.charAt(i) - '0');
    }
    return (11 - sum % 11) % 11 == digits.charAt(9) - '0' && digits.chars().distinct().count() > 1;
  }

  private static boolean aadhaar(String digits) {
    if (digits.length() != 12 || digits.charAt(0) < '2') {
      return false;
    }
    int check = 0;
    for (int i = 0; i < 12; i++) {
      check = dihedral(check, permuted(i % 8, digits.charAt(11 - i) - '0'));
    }
    return check == 0;
  }

  /// The product in the dihedral group of order ten.
  private static int dihedral(int a, int b) {
    if (a < 5) {
      return b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
    }
    return b < 5 ? 5 + (a - 5 - b + 5) % 5 : (a - b + 5) % 5;
  }

  private static int permuted(int times, int digit) {
    int[] once = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    int out = digit;
    for (int i = 0; i < times; i++) {
      out = once[out];
    }
    return out;
  }

  private static boolean belgian(String digits) {
    if (digits.length() != 11) {
      return false;
    }
    long number = Long.parseLong(digits.substring(0, 9));
    long check = Long.parseLong(digits.substring(9));
    return 97 - number % 97 == check || 97 - (2_000_000_000L + number) % 97 == check;
  }

  private static boolean personnummer(String digits) {
    String ten = digits.substring(Math.max(0, digits.length() - 10));
    return ten.length() == 10 && month(ten.substring(2, 4)) && luhn(ten);
  }

  private static boolean month(String two) {
    int month = Integer.parseInt(two);
    return month >= 1 && month <= 12;
  }

  private static boolean hetu(String value) {
    if (value.length() != 11) {
      return false;
    }
    String number = value.substring(0, 6) + value.substring(7, 10);
    return number.chars().allMatch(Character::isDigit)
        && "0123456789ABCDEFHJKLMNPRSTUVWXY".charAt(Integer.parseInt(number) % 31)
            == value.charAt(10);
  }

  private static boolean chinese(String value) {
    if (value.length() != 18) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      sum += (value.charAt(i) - '0') * ((1 << (17 - i)) % 11);
    }
    return "10X98765432".charAt(sum % 11) == value.charAt(17);
  }

  private static boolean ssn(String digits) {
    if (digits.length() != 9) {
      return false;
    }
    int area = Integer.parseInt(digits.substring(0, 3));
    return area != 0
        && area != 666
        && area < 900
        && !digits.substring(3, 5).equals("00")
        && !digits.substring(5).equals("0000");
  }
}
