"""Names of months in some seventy languages, as Unicode's CLDR has them (wide and short, in dates and alone).

A blank inside a name is written ``_``.  Croatian gives names of its neighbours to other months, so where they differ it
counts only on pages in Croatian.
"""

import unicodedata

_NAMES = (
    (
        "january jan januar janvier janv enero ene gennaio gen janeiro januari tammikuuta tammi tammikuu janúar "
        "jaanuar jaan janvāris sausio saus sausis stycznia sty styczeń ledna led leden januára január јануар јан "
        "јануари януари яну января янв январь січня січ січень студзеня сту студзень ianuarie ian ιανουαρίου ιαν "
        "ιανουάριοσ ocak oca yanvar yan қаңтар қаң janar gener xaneiro xan urtarrila urt eanáir ean ionawr ion jannar "
        "มกราคม ม.ค januarie يناير كانون_الثاني جانفي ژانویهٔ ژانویه جنوری جنوري ינואר ינו׳ जनवरी जन॰ জানুয়ারী জানু "
        "जानेवारी जाने ஜனவரி ஜன జనవరి జన ಜನವರಿ ಜನ ജനുവരി ജനു જાન્યુઆરી જાન્યુ ਜਨਵਰੀ ਜਨ ජනවාරි ජන ဇန်နဝါရီ ဇန် មករា "
        "ມັງກອນ ມ.ກ იანვარი იან հունվարի հնվ հունվար ጃንዋሪ ጃን γεναρη ιανουαριου"
    ),
    (
        "february feb februar février févr febrero febbraio fevereiro fev februari helmikuuta helmi helmikuu febrúar "
        "veebruar veebr februāris febr vasario vas vasaris lutego lut luty února úno únor februára február фебруар "
        "феб февруари фев февраля февр февраль лютого лют лютий лютага люты februarie φεβρουαρίου φεβ φεβρουάριοσ "
        "şubat şub fevral ақпан ақп shkurt shk febrer febreiro otsaila ots feabhra feabh chwefror chwef chw frar fra "
        "กุมภาพันธ์ ก.พ pebrero peb فبراير شباط فيفري فوریهٔ فوریه فروری فبروري فېبروري פברואר פבר׳ फ़रवरी फ़र॰ "
        "ফেব্রুয়ারী ফেব फेब्रुवारी फेब्रु பிப்ரவரி பிப் ఫిబ్రవరి ఫిబ్ర ಫೆಬ್ರವರಿ ಫೆಬ್ರ ഫെബ്രുവരി ഫെബ്രു ફેબ્રુઆરી "
        "ફેબ્રુ ਫ਼ਰਵਰੀ ਫ਼ਰ फेब्रुअरी පෙබරවාරි පෙබ ဖေဖော်ဝါရီ ဖေ កុម្ភៈ ກຸມພາ ກ.ພ თებერვალი თებ փետրվարի փտվ փետրվար "
        "ፌብሩዋሪ ፌብ fevrier unora subat φεβρουαριου"
    ),
    (
        "march mar märz mär mars marzo março maart mrt marts maaliskuuta maalis maaliskuu märts kovo kov kovas marca "
        "marzec března bře březen marec март мар mart марта березня бер березень сакавіка сак сакавік martie március "
        "márc μαρτίου μαρ μάρτιοσ μάρ наурыз нау març martxoa márta mawrth maw marzu maret mac มีนาคม มี.ค marso "
        "machi مارس آذار مارچ מרץ मार्च মার্চ மார்ச் மார் మార్చి ಮಾರ್ಚ್ മാർച്ച് മാർ માર્ચ ਮਾਰਚ මාර්තු මාර් မတ် មីនា "
        "ມີນາ ມ.ນ მარტი მარ մարտի մրտ մարտ ማርች maerz mrz marco brezna μαρτιου"
    ),
    (
        "april apr avril avr abril abr aprile huhtikuuta huhti huhtikuu apríl aprill aprīlis balandžio bal balandis "
        "kwietnia kwi kwiecień dubna dub duben apríla април апр апреля апрель квітня квіт квітень красавіка кра "
        "красавік aprilie április ápr απριλίου απρ απρίλιοσ nisan nis aprel сәуір сәу prill pri apirila api aibreán "
        "aib ebrill ebr เมษายน เม.ย aprili أبريل نيسان أفريل آوریل اپریل אפריל אפר׳ अप्रैल এপ্রিল এপ্রি एप्रिल एप्रि "
        "ஏப்ரல் ஏப் ఏప్రిల్ ఏప్రి ಏಪ್ರಿಲ್ ಏಪ್ರಿ ഏപ്രിൽ ഏപ്രി એપ્રિલ ਅਪ੍ਰੈਲ ਅਪ੍ਰੈ अप्रिल අප්‍රේල් ဧပြီ មេសា ເມສາ ມ.ສ "
        "აპრილი აპრ ապրիլի ապր ապրիլ ኤፕሪል ኤፕሪ απριλιου"
    ),
    (
        "may mai mayo maggio mag maio mei maj toukokuuta touko toukokuu maí maijs gegužės geg gegužė maja května kvě "
        "květen mája máj мај май мая травня трав травень május μαΐου μαΐ μάιοσ μάι mayıs мамыр мам maig maiatza "
        "bealtaine beal mejju mej พฤษภาคม พ.ค مايو أيار ماي مهٔ مه مئی مۍ מאי मई মে मे மே మే ಮೇ മേയ് મે ਮਈ මැයි မေ "
        "ឧសភា ພຶດສະພາ ພ.ພ მაისი მაი մայիսի մյս մայիս ሜይ kvetna mayis μαιου"
    ),
    (
        "june jun juni juin junio giugno giu junho kesäkuuta kesä kesäkuu júní jún juuni jūnijs jūn birželio birž "
        "birželis czerwca cze czerwiec června čvn červen júna junij јун јуни юни июня июн июнь червня черв червень "
        "чэрвеня чэр чэрвень iunie iun június ιουνίου ιουν ιούνιοσ ιούν haziran haz iyun iyn маусым мау qershor qer "
        "juny xuño ekaina eka meitheamh meith mehefin meh ġunju ġun มิถุนายน มิ.ย hunyo hun junie يونيو حزيران جوان "
        "ژوئن جون יוני जून জুন ஜூன் జూన్ ಜೂನ್ ജൂൺ જૂન ਜੂਨ जुन ජූනි ဇွန် មិថុនា ມິຖຸນາ ມິ.ຖ ივნისი ივნ հունիսի հնս "
        "հունիս ጁን cervna ιουνιου"
    ),
    (
        "july jul juli juillet juil julio luglio lug julho heinäkuuta heinä heinäkuu júlí júl juuli jūlijs jūl liepos "
        "liep liepa lipca lip lipiec července čvc červenec júla julij јул јули юли июля июл июль липня лип липень "
        "ліпеня ліп ліпень iulie iul július ιουλίου ιουλ ιούλιοσ ιούλ temmuz tem iyul iyl шілде шіл korrik korr "
        "juliol xullo xul uztaila uzt iúil gorffennaf gorff gor lulju lul julai กรกฎาคม ก.ค hulyo hul julie يوليو "
        "تموز جويلية يوليوز ژوئیهٔ ژوئیه جولائی جولای יולי जुलाई जुल॰ জুলাই জুল जुलै ஜூலை జులై ಜುಲೈ ജൂലൈ જુલાઈ ਜੁਲਾਈ "
        "ਜੁਲਾ ජූලි ဇူလိုင် ဇူ កក្កដា ກໍລະກົດ ກ.ລ ივლისი ივლ հուլիսի հլս հուլիս ጁላይ cervence ιουλιου"
    ),
    (
        "august aug août agosto ago augustus augusti elokuuta elo elokuu ágúst ágú augusts rugpjūčio rugp rugpjūtis "
        "sierpnia sie sierpień srpna srp srpen augusta avgust avg август авг августа серпня серп серпень жніўня жні "
        "жнівень augusztus αυγούστου αυγ αύγουστοσ αύγ ağustos ağu avqust avq тамыз там gusht gush agost abuztua abu "
        "lúnasa lún awst awwissu aww agustus agu ogos ogo สิงหาคม ส.ค agosti أغسطس آب أوت غشت اوت اگست اګست אוגוסט "
        "אוג׳ अगस्त अग॰ আগস্ট আগ ऑगस्ट ऑग ஆகஸ்ட் ஆக ఆగస్టు ఆగ ಆಗಸ್ಟ್ ಆಗ ഓഗസ്റ്റ് ഓഗ ઑગસ્ટ ਅਗਸਤ ਅਗ अगस्ट අගෝස්තු අගෝ "
        "ဩဂုတ် សីហា ສິງຫາ ສ.ຫ აგვისტო აგვ օգոստոսի օգս օգոստոս ኦገስት ኦገስ aout agustos αυγουστου"
    ),
    (
        "september sep sept septembre septiembre settembre set setembro syyskuuta syys syyskuu septembris rugsėjo "
        "rugs rugsėjis września wrz wrzesień září zář septembra септембар сеп septembar септември сентября сент "
        "сентябрь вересня вер вересень верасня верасень septembrie szeptember szept σεπτεμβρίου σεπ σεπτέμβριοσ eylül "
        "eyl sentyabr sen қыркүйек қыр sentabr сен shtator sht setembre iraila ira meán_fómhair mfómh medi settembru "
        "กันยายน ก.ย setyembre septemba سبتمبر أيلول شتنبر سپتامبر ستمبر سېپتمبر سپتمبر ספטמבר ספט׳ सितंबर सित॰ "
        "সেপ্টেম্বর সেপ सप्टेंबर सप्टें செப்டம்பர் செப் సెప్టెంబర్ సెప్టెం ಸೆಪ್ಟೆಂಬರ್ ಸೆಪ್ಟೆಂ സെപ്റ്റംബർ സെപ്റ്റം "
        "સપ્ટેમ્બર સપ્ટે ਸਤੰਬਰ ਸਤੰ सेप्टेम्बर සැප්තැම්බර් සැප් စက်တင်ဘာ စက် កញ្ញា ກັນຍາ ກ.ຍ სექტემბერი სექ սեպտեմբերի "
        "սեպ սեպտեմբեր ሴፕቴምበር ሴፕቴ setiembre wrzesnia zari eylul σεπτεμβριου"
    ),
    (
        "october oct oktober okt octobre octubre ottobre ott outubro out lokakuuta loka lokakuu október oktoober "
        "oktobris spalio spal spalis października paź październik října říj říjen októbra октобар окт oktobar "
        "октомври октября октябрь жовтня жовт жовтень кастрычніка кас кастрычнік octombrie οκτωβρίου οκτ οκτώβριοσ "
        "ekim eki oktyabr қазан қаз oktabr tetor tet urria urr deireadh_fómhair dfómh hydref hyd ottubru ตุลาคม ต.ค "
        "oktubre oktoba أكتوبر تشرين_الأول اکتبر اکتوبر אוקטובר אוק׳ अक्टूबर अक्टू॰ অক্টোবর অক্টো ऑक्टोबर ऑक्टो "
        "அக்டோபர் அக் అక్టోబర్ అక్టో ಅಕ್ಟೋಬರ್ ಅಕ್ಟೋ ഒക്ടോബർ ഒക്ടോ ઑક્ટોબર ઑક્ટો ਅਕਤੂਬਰ ਅਕਤੂ अक्टोबर ඔක්තෝබර් ඔක් "
        "အောက်တိုဘာ အောက် តុលា ຕຸລາ ຕ.ລ ოქტომბერი ოქტ հոկտեմբերի հոկ հոկտեմբեր ኦክቶበር ኦክቶ pazdziernika rijna οκτωβριου"
    ),
    (
        "november nov novembre noviembre novembro marraskuuta marras marraskuu nóvember nóv novembris lapkričio lapkr "
        "lapkritis listopada lis listopad listopadu novembra новембар нов novembar ноември ное ноября нояб ноябрь "
        "листопада лист листопад лістапада ліс лістапад noiembrie νοεμβρίου νοε νοέμβριοσ νοέ kasım kas noyabr noy "
        "қараша қар ноя nëntor nën azaroa aza samhain samh tachwedd tach novembru พฤศจิกายน พ.ย nobyembre nob novemba "
        "نوفمبر تشرين_الثاني نونبر نوامبر نومبر נובמבר נוב׳ नवंबर नव॰ নভেম্বর নভে नोव्हेंबर नोव्हें நவம்பர் நவ నవంబర్ "
        "నవం ನವೆಂಬರ್ ನವೆಂ നവംബർ നവം નવેમ્બર નવે ਨਵੰਬਰ ਨਵੰ नोभेम्बर නොවැම්බර් නොවැ နိုဝင်ဘာ နို វិច្ឆិកា ພະຈິກ ພ.ຈ "
        "ნოემბერი ნოე նոյեմբերի նոյ նոյեմբեր ኖቬምበር ኖቬም kasim νοεμβριου"
    ),
    (
        "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des joulukuuta joulu "
        "joulukuu detsember dets decembris gruodžio gruod gruodis grudnia gru grudzień prosince pro prosinec decembra "
        "децембар дец decembar декември дек декабря декабрь грудня груд грудень снежня сне снежань decembrie "
        "δεκεμβρίου δεκ δεκέμβριοσ aralık ara dekabr dek желтоқсан жел dhjetor dhj desembre decembro abendua abe "
        "nollaig noll rhagfyr rhag diċembru diċ disember dis ธันวาคม ธ.ค disyembre desemba ديسمبر كانون_الأول دجنبر "
        "دسامبر دسمبر דצמבר דצמ׳ दिसंबर दिस॰ ডিসেম্বর ডিসে डिसेंबर डिसें டிசம்பர் டிச డిసెంబర్ డిసెం ಡಿಸೆಂಬರ್ ಡಿಸೆಂ "
        "ഡിസംബർ ഡിസം ડિસેમ્બર ડિસે ਦਸੰਬਰ ਦਸੰ डिसेम्बर දෙසැම්බර් දෙසැ ဒီဇင်ဘာ ဒီ ធ្នូ ທັນວາ ທ.ວ დეკემბერი დეკ "
        "դեկտեմբերի դեկ դեկտեմբեր ዲሴምበር ዲሴም decembre aralik δεκεμβριου"
    ),
)
_CROATIAN = (
    "siječnja/sij/siječanj veljače/velj/veljača ožujka/ožu/ožujak travnja/tra/travanj svibnja/svi/svibanj "
    "lipnja/lip/lipanj srpnja/srp/srpanj kolovoza/kol/kolovoz rujna/ruj/rujan listopada/lis/listopad "
    "studenoga/stu/studeni prosinca/pro/prosinac"
)
_HEBREW_IN = "ב"
"""Hebrew writes "in" as the first letter of the month: 17 בנובמבר 2026."""
_LONGEST = 24
_FULL = 5
"""Short forms of Croatian are words of other languages."""


def _table(months: list[str]) -> dict[str, int]:
    return {
        name.replace("_", " "): number for number, names in enumerate(months, 1) for name in names.split()
    }


_MONTH_OF = _table(list(_NAMES))
_CROATIAN_MONTH_OF = _table([names.replace("/", " ") for names in _CROATIAN.split()])
for _name, _number in _CROATIAN_MONTH_OF.items():
    if len(_name) >= _FULL:
        _MONTH_OF.setdefault(_name, _number)


def month_of(name: str, language: str = "") -> int | None:
    """Return the number of a month by its name or short form; ``language``: primary tag, where it is known.

    >>> month_of("listopada"), month_of("listopada", "hr"), month_of("พ.ย."), month_of("Sept"), month_of("בנובמבר")
    (11, 10, 11, 9, 11)
    """
    name = unicodedata.normalize("NFC", name[:_LONGEST].casefold()).strip(" .")
    if language == "hr" and name in _CROATIAN_MONTH_OF:
        return _CROATIAN_MONTH_OF[name]
    found = _MONTH_OF.get(name)
    if found is None and name.startswith(_HEBREW_IN):
        return _MONTH_OF.get(name[1:])
    if found is None and name.isascii() and len(name) == 4:
        found = _MONTH_OF.get(name[:3])
    return found
