package semantic

import (
	"regexp"
	"strings"
	"unicode"
)

func personTypes() []Type {
	return []Type{
		{ID: "phone", Valid: validPhone, Strong: matches(phoneStrong), Prior: 0.92, Hints: []string{"phone", "telephone", "tel", "mobile", "cell", "fax", "phone number", "telefoon", "telefon", "contact number", "cell phone", "msisdn"}},
		{ID: "national_id", Valid: validNationalID, Strong: matches(ssnForm), Prior: 0.9, Hints: []string{"ssn", "social security", "bsn", "nino", "national id", "dni", "nie", "personal number", "social security number"}, Closed: true},
		{ID: "gender", Valid: inSet(genders), Prior: 0.9, Hints: []string{"gender", "sex", "geslacht", "geschlecht", "sexe"}, Closed: true},
		{ID: "age", Valid: within(0, 120, false), Prior: 0, Hints: []string{"age", "age years", "leeftijd", "alter", "patient age", "customer age"}, Not: []string{"group", "range", "band"}, Closed: true},
		{ID: "first_name", Valid: nameWords(1, 2), Strong: knownFirstName, Prior: 0.75, Hints: []string{"first name", "given name", "forename", "firstname", "voornaam", "vorname", "fname"}},
		{ID: "last_name", Valid: nameWords(1, 4), Prior: 0, Hints: []string{"last name", "surname", "family name", "lastname", "achternaam", "nachname", "lname"}},
		{
			ID: "person_name", Valid: validPerson, Strong: knownPerson, Prior: 0.85,
			Hints: []string{
				"full name", "person", "employee", "customer name", "owner", "manager", "assigned to", "assignee", "caller", "author", "agent", "contact", "closed by", "opened by", "created by",
				"updated by", "resolved by", "approved by", "requested by", "requester", "reporter", "salesperson", "sales rep", "doctor", "physician", "patient", "student", "teacher", "driver", "user", "caller id", "employee name",
			},
			Not: []string{"product", "city", "company", "brand", "item", "file", "model", "county", "country", "state", "school", "store", "place", "street", "category", "measure", "team", "group", "brewery", "display", "event", "project"},
		},
		{ID: "company", Weak: true, Valid: validCompany, Strong: matches(companyForm), Prior: 0.85, Hints: []string{"company", "company name", "organisation", "organization", "vendor", "supplier", "employer", "firm", "manufacturer", "merchant", "brand", "vendor name", "supplier name", "brewery name", "carrier", "publisher"}},
		{ID: "job_title", Weak: true, Valid: validJob, Strong: matches(jobForm), Prior: 0.8, Hints: []string{"job", "job title", "occupation", "profession", "designation", "job role", "functie", "beruf"}},
	}
}

var (
	phoneForm   = regexp.MustCompile(`^\+?[(\d][\d ()./-]*\d(?:\s?(?:x|ext\.?|#)\s?\d{1,6})?$`)
	phoneStrong = regexp.MustCompile(`^\+\d[\d ()./-]{6,}|^\(\d{2,5}\)[ -]?\d[\d -]+|^\d{3}[-. ]\d{3}[-. ]\d{4}(?:\D|$)|^1[-. ]\d{3}[-. ]\d{3}[-. ]\d{4}(?:\D|$)|^0\d{1,4}[-/ ]\d{5,}`)
	notPhone    = regexp.MustCompile(`^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$|^\d+\.\d+$|^\d{1,3}(\.\d{1,3}){3}$`)
	ssnForm     = regexp.MustCompile(`^\d{3}-\d{2}-\d{4}$`)
	dniForm     = regexp.MustCompile(`^[XYZ]?\d{7,8}-?[A-Z]$`)
	ninoForm    = regexp.MustCompile(`^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]$`)
	companyForm = regexp.MustCompile(`(?i)\b(?:inc|llc|ltd|gmbh|corp|corporation|company|co|plc|bv|b\.v|nv|n\.v|ag|sa|s\.a|sarl|srl|oy|ab|as|kg|llp|lp|pty|limited|incorporated|group|holdings?)\.?$`)
	jobForm     = regexp.MustCompile(`(?i)\b(?:manager|engineer|developer|analyst|director|assistant|consultant|officer|specialist|technician|administrator|nurse|teacher|clerk|supervisor|accountant|architect|designer|president|executive|representative|coordinator|scientist|programmer|intern|lead)\b`)
	genders     = set("m|f|male|female|man|woman|men|women|boy|girl|other|non-binary|nonbinary|x|u|d|divers|unknown|mann|frau|vrouw|homme|femme|hombre|mujer|both|both sexes|all|males|females")
)

func validPhone(v string) bool {
	if len(v) > 30 || !phoneForm.MatchString(v) || notPhone.MatchString(v) {
		return false
	}
	n := 0
	for _, r := range strings.SplitN(strings.ToLower(v), "x", 2)[0] {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n >= 7 && n <= 15
}

// validNationalID accepts US social security numbers, Spanish DNI and NIE, British NINO and Dutch BSN.
func validNationalID(v string) bool {
	if ssnForm.MatchString(v) {
		area := v[:3]
		return area != "000" && area != "666" && area[0] != '9' && v[4:6] != "00" && v[7:] != "0000"
	}
	if ninoForm.MatchString(v) {
		return true
	}
	if dniForm.MatchString(v) {
		return validDNI(v)
	}
	return validBSN(v)
}

// validDNI checks the letter, the number modulo 23.
func validDNI(v string) bool {
	v = strings.ReplaceAll(v, "-", "")
	digits := strings.NewReplacer("X", "0", "Y", "1", "Z", "2").Replace(v[:1]) + v[1:len(v)-1]
	n := 0
	for _, r := range digits {
		n = (n*10 + int(r-'0')) % 23
	}
	return "TRWAGMYFPDXBNJZSQVHLCKE"[n] == v[len(v)-1]
}

// validBSN checks the eleven test of the Dutch citizen service number.
func validBSN(v string) bool {
	d, ok := digitsOf(v, ". ")
	if !ok || len(d) != 9 {
		return false
	}
	sum := -int(d[8] - '0')
	for i := range 8 {
		sum += (9 - i) * int(d[i]-'0')
	}
	return sum%11 == 0 && strings.Trim(d, "0") != ""
}

// nameWords accepts from least to most words of letters, as in names.
func nameWords(least, most int) func(string) bool {
	return func(v string) bool {
		if len(v) > 60 {
			return false
		}
		words := strings.Fields(v)
		if len(words) < least || len(words) > most {
			return false
		}
		for _, w := range words {
			for _, r := range w {
				if !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune(".'’-,", r) {
					return false
				}
			}
		}
		return true
	}
}

func knownFirstName(v string) bool { return firstNames[strings.ToLower(v)] }

// validPerson accepts two to five words of letters, or "Last, First".
func validPerson(v string) bool { return nameWords(2, 5)(v) }

// knownPerson accepts names that hold a common first name.
func knownPerson(v string) bool {
	words := strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return r == ' ' || r == ',' })
	if len(words) < 2 || len(words) > 4 || !titled(v) {
		return false
	}
	if strings.Contains(v, ",") {
		return firstNames[words[1]]
	}
	return firstNames[words[0]]
}

// titled says whether each longer word begins with a capital, or the text has one case throughout.
func titled(v string) bool {
	if strings.ToLower(v) == v || strings.ToUpper(v) == v {
		return true
	}
	for _, w := range strings.Fields(v) {
		if r := []rune(w); len(r) > 3 && !unicode.IsUpper(r[0]) {
			return false
		}
	}
	return true
}

func validCompany(v string) bool {
	return len(v) >= 2 && len(v) <= 100 && strings.IndexFunc(v, unicode.IsLetter) >= 0 && len(strings.Fields(v)) <= 10
}

func validJob(v string) bool {
	return len(v) >= 2 && len(v) <= 80 && len(strings.Fields(v)) <= 8 && strings.IndexFunc(v, unicode.IsDigit) < 0
}

// firstNames are common first names in English, Dutch, German, French, Spanish and Indian use.
var firstNames = set("james|mary|john|patricia|robert|jennifer|michael|linda|david|elizabeth|william|barbara|richard|susan|joseph|jessica|thomas|sarah|charles|karen|" +
	"christopher|lisa|daniel|nancy|matthew|betty|anthony|margaret|mark|sandra|donald|ashley|steven|kimberly|paul|emily|andrew|donna|joshua|michelle|kenneth|carol|kevin|amanda|" +
	"brian|dorothy|george|melissa|timothy|deborah|ronald|stephanie|edward|rebecca|jason|sharon|jeffrey|laura|ryan|cynthia|jacob|kathleen|gary|amy|nicholas|angela|eric|shirley|" +
	"jonathan|anna|stephen|brenda|larry|pamela|justin|emma|scott|nicole|brandon|helen|benjamin|samantha|samuel|katherine|gregory|christine|alexander|debra|frank|rachel|patrick|" +
	"carolyn|raymond|janet|jack|catherine|dennis|maria|jerry|heather|tyler|diane|aaron|ruth|jose|julie|adam|olivia|nathan|joyce|henry|virginia|zachary|victoria|douglas|kelly|" +
	"peter|lauren|kyle|christina|noah|joan|ethan|evelyn|jeremy|judith|walter|megan|christian|andrea|keith|cheryl|roger|hannah|terry|jacqueline|austin|martha|sean|gloria|gerald|" +
	"teresa|carl|ann|harold|sara|dylan|madison|arthur|frances|lawrence|kathryn|jordan|janice|jesse|jean|bryan|abigail|billy|alice|bruce|julia|gabriel|judy|joe|sophia|logan|grace|" +
	"alan|denise|juan|amber|albert|doris|willie|marilyn|elijah|danielle|wayne|beverly|randy|isabella|vincent|theresa|mason|diana|roy|natalie|ralph|brittany|bobby|charlotte|russell|" +
	"marie|bradley|kayla|philip|alexis|eugene|lori|luke|beth|fred|howard|charlie|don|bud|tom|tim|mike|steve|bob|jim|bill|chris|matt|dan|alex|sam|ben|max|nick|tony|greg|jeff|" +
	"jan|piet|kees|willem|hendrik|johannes|anne|eva|sophie|lotte|daan|sem|lucas|finn|hans|klaus|jürgen|wolfgang|stefan|andreas|sabine|monika|petra|ursula|heike|lukas|leon|jonas|felix|mia|" +
	"pierre|michel|philippe|nathalie|isabelle|sylvie|françois|louis|camille|chloé|carlos|luis|miguel|javier|manuel|carmen|ana|isabel|lucia|sofia|pablo|pedro|jorge|fernando|diego|" +
	"raj|amit|priya|rahul|anil|sanjay|sunita|anita|ravi|vijay|arjun|neha|pooja|deepak|mohammed|muhammad|ahmed|ali|omar|fatima|aisha|hassan|ibrahim|wei|li|ming|jing|yuki|hiroshi|kenji|" +
	"ivan|olga|dmitri|sergei|natasha|elena|vladimir|igor|tatiana|marco|giulia|giovanni|francesca|luca|paolo|chiara|lars|erik|ingrid|sven|astrid|magnus|nils")
