"""One small story in each of many languages, as newspapers there would sign and date it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldStory:
    """A story published on 17 November 2026 at 08:30 UTC, its byline and date as readers see them."""

    language: str
    site: str
    title: str
    author: str
    by: str
    """The byline's label, with what parts it from the name."""
    date: str
    published: str
    """The label of a date of publication."""
    tags: tuple[str, str]
    text: tuple[str, str]

    @property
    def byline(self) -> str:
        """The label and the name."""
        return f"{self.by}{self.author}"


WORLD = (
    WorldStory(
        language="en", site="Harbour Courier", title="Ferry to the outer isles runs again", author="Moira Lennox",
        by="By ", date="17 November 2026", published="Published ", tags=("Ferries", "Islands"),
        text=(
            "The ferry to the outer isles sailed again on Tuesday after nine days in dock, and forty lorries were waiting.",
            "Its owners said that the new shaft had come by road from Poland and had been fitted within two nights.",
        ),
    ),
    WorldStory(
        language="de", site="Hafenkurier", title="Fähre zu den Außeninseln fährt wieder", author="Jürgen Möller",
        by="Von ", date="17. November 2026", published="Veröffentlicht am ", tags=("Fähren", "Inseln"),
        text=(
            "Die Fähre zu den Außeninseln ist am Dienstag nach neun Tagen im Dock wieder ausgelaufen, vierzig Lastwagen warteten.",
            "Die Reederei teilte mit, die neue Welle sei auf der Straße aus Polen gekommen und in zwei Nächten eingebaut worden.",
        ),
    ),
    WorldStory(
        language="fr", site="Le Courrier du Port", title="Le ferry des îles reprend la mer", author="Hélène Dufresne",
        by="Par ", date="17 novembre 2026", published="Publié le ", tags=("Transports", "Îles"),
        text=(
            "Le ferry des îles du large a repris la mer mardi après neuf jours en cale sèche, quarante camions attendaient.",
            "L'armateur a indiqué que le nouvel arbre était venu de Pologne par la route et qu'il avait été monté en deux nuits.",
        ),
    ),
    WorldStory(
        language="es", site="El Correo del Puerto", title="El transbordador de las islas vuelve a navegar", author="Íñigo Salvatierra",
        by="Por ", date="17 de noviembre de 2026", published="Publicado el ", tags=("Transporte", "Islas"),
        text=(
            "El transbordador de las islas volvió a navegar el martes tras nueve días en el dique, y esperaban cuarenta camiones.",
            "La naviera dijo que el nuevo eje había llegado por carretera desde Polonia y que se montó en dos noches de trabajo.",
        ),
    ),
    WorldStory(
        language="pt", site="Correio do Porto", title="Balsa para as ilhas volta a navegar", author="João Guimarães",
        by="Por ", date="17 de novembro de 2026", published="Publicado em ", tags=("Balsas", "Ilhas"),
        text=(
            "A balsa para as ilhas voltou a navegar na terça-feira depois de nove dias na doca, e quarenta caminhões esperavam.",
            "A empresa disse que o novo eixo veio da Polônia por estrada e foi montado em duas noites pelos mecânicos do porto.",
        ),
    ),
    WorldStory(
        language="pl", site="Kurier Portowy", title="Prom na wyspy znów pływa", author="Łukasz Wiśniewski",
        by="Autor: ", date="17 listopada 2026", published="Opublikowano: ", tags=("Promy", "Wyspy"),
        text=(
            "Prom na wyspy wypłynął we wtorek po dziewięciu dniach w doku, a na nabrzeżu czekało czterdzieści ciężarówek.",
            "Armator podał, że nowy wał przyjechał drogą z głębi kraju i że zamontowano go w ciągu dwóch nocy pracy.",
        ),
    ),
    WorldStory(
        language="ru", site="Портовый вестник", title="Паром на острова снова вышел в море", author="Ольга Кравцова",
        by="Автор: ", date="17 ноября 2026", published="Опубликовано: ", tags=("Паромы", "Острова"),
        text=(
            "Паром на острова во вторник снова вышел в море после девяти дней в доке, на причале ждали сорок грузовиков.",
            "Владельцы сообщили, что новый вал привезли по дороге из Польши и поставили на место за две ночи работы.",
        ),
    ),
    WorldStory(
        language="el", site="Λιμενικά Νέα", title="Το φέρι για τα νησιά ταξιδεύει ξανά", author="Ελένη Παπαδάκη",
        by="Της ", date="17 Νοεμβρίου 2026", published="Δημοσιεύτηκε: ", tags=("Πλοία", "Νησιά"),
        text=(
            "Το φέρι για τα νησιά απέπλευσε ξανά την Τρίτη ύστερα από εννέα μέρες στη δεξαμενή, και σαράντα φορτηγά περίμεναν.",
            "Η εταιρεία ανακοίνωσε ότι ο νέος άξονας ήρθε οδικώς από την Πολωνία και τοποθετήθηκε μέσα σε δύο νύχτες.",
        ),
    ),
    WorldStory(
        language="tr", site="Liman Postası", title="Adalara giden feribot yeniden sefere başladı", author="Gülşen Yıldırım",
        by="Haber: ", date="17 Kasım 2026", published="Yayınlanma: ", tags=("Feribot", "Adalar"),
        text=(
            "Adalara giden feribot dokuz gün havuzda kaldıktan sonra salı günü yeniden sefere başladı, kırk kamyon bekliyordu.",
            "Şirket, yeni şaftın karayoluyla Polonya'dan geldiğini ve iki gece içinde yerine takıldığını açıkladı.",
        ),
    ),
    WorldStory(
        language="vi", site="Tin Bến Cảng", title="Phà ra đảo chạy trở lại", author="Nguyễn Thị Lan",
        by="Tác giả: ", date="17 tháng 11 năm 2026", published="Ngày đăng: ", tags=("Phà", "Đảo xa"),
        text=(
            "Chuyến phà ra các đảo xa đã chạy trở lại hôm thứ ba sau chín ngày nằm trong ụ tàu, bốn mươi xe tải đang chờ.",
            "Chủ tàu cho biết trục mới được chở bằng đường bộ từ Ba Lan và đã được lắp xong chỉ trong hai đêm làm việc.",
        ),
    ),
    WorldStory(
        language="sw", site="Habari za Bandari", title="Kivuko cha visiwani charejea baharini", author="Amina Juma",
        by="Mwandishi: ", date="17 Novemba 2026", published="Imechapishwa: ", tags=("Vivuko", "Visiwa"),
        text=(
            "Kivuko cha visiwa vya mbali kilisafiri tena siku ya Jumanne baada ya siku tisa gatini, na malori arobaini yalisubiri.",
            "Wamiliki walisema kwamba kifaa kipya kililetwa kwa barabara kutoka Poland na kilifungwa kwa muda wa usiku mbili.",
        ),
    ),
    WorldStory(
        language="ar", site="بريد الميناء", title="عبّارة الجزر تعود إلى الإبحار بعد إصلاحها", author="سلمى الحداد",
        by="بقلم: ", date="17 نوفمبر 2026", published="نشر في: ", tags=("عبارات", "جزر"),
        text=(
            "عادت عبّارة الجزر البعيدة إلى الإبحار يوم الثلاثاء بعد تسعة أيام في الحوض، وكانت أربعون شاحنة تنتظر على الرصيف.",
            "وقالت الشركة المالكة إن العمود الجديد وصل برا من بولندا وإن العمال ركبوه خلال ليلتين من العمل المتواصل.",
        ),
    ),
    WorldStory(
        language="he", site="ידיעות הנמל", title="המעבורת לאיים שבה להפליג", author="נועה ברקאי",
        by="מאת: ", date="17 בנובמבר 2026", published="פורסם: ", tags=("מעבורות", "איים"),
        text=(
            "המעבורת לאיים הרחוקים שבה להפליג ביום שלישי אחרי תשעה ימים במספנה, וארבעים משאיות המתינו על הרציף מאז הבוקר.",
            "בעלי המעבורת מסרו כי הציר החדש הגיע בדרך היבשה מפולין והורכב במקומו בתוך שני לילות של עבודה רצופה.",
        ),
    ),
    WorldStory(
        language="hi", site="बंदरगाह समाचार", title="द्वीपों की नौका फिर चल पड़ी", author="मीरा जोशी",
        by="लेखक: ", date="17 नवंबर 2026", published="प्रकाशित: ", tags=("नौका", "द्वीप"),
        text=(
            "दूर के द्वीपों की नौका नौ दिन गोदी में रहने के बाद मंगलवार को फिर चल पड़ी है और घाट पर चालीस ट्रक इंतजार कर रहे थे।",
            "मालिकों ने बताया कि नया पुर्जा सड़क के रास्ते पोलैंड से आया था और उसे दो रात के काम में अपनी जगह लगा दिया गया है।",
        ),
    ),
    WorldStory(
        language="th", site="ข่าวท่าเรือ", title="เรือข้ามฟากไปเกาะกลับมาวิ่งอีกครั้ง", author="สมชาย ใจดี",
        by="โดย ", date="17 พฤศจิกายน 2569", published="เผยแพร่: ", tags=("เรือ", "เกาะ"),
        text=(
            "เรือข้ามฟากไปหมู่เกาะรอบนอกกลับมาวิ่งอีกครั้งเมื่อวันอังคาร หลังจอดซ่อมอยู่ในอู่เก้าวัน และมีรถบรรทุกสี่สิบคันรออยู่",
            "เจ้าของเรือกล่าวว่าเพลาใหม่มาทางถนนจากโปแลนด์ และช่างใช้เวลาติดตั้งเพียงสองคืนเท่านั้นก่อนออกเดินทาง",
        ),
    ),
    WorldStory(
        language="zh", site="港口邮报", title="开往外岛的渡轮恢复航行", author="陈晓明",
        by="作者：", date="2026年11月17日", published="发布时间：", tags=("渡轮", "海岛"),
        text=(
            "开往外岛的渡轮在船坞停留九天之后，星期二重新出海，码头上等候的卡车有四十辆，岛上的商店终于可以补货。",
            "船东表示，新的传动轴是从波兰经公路运来的，工人只用了两个晚上就把它安装完毕，接下来的班次将照常开出。",
        ),
    ),
    WorldStory(
        language="ja", site="みなと新報", title="離島へのフェリーが運航を再開", author="佐藤健一",
        by="執筆：", date="2026年11月17日", published="公開日：", tags=("フェリー", "離島"),
        text=(
            "離島へ向かうフェリーは九日間の修理を終え、火曜日に運航を再開した。岸壁では四十台のトラックが順番を待っていた。",
            "運航会社によると、新しい軸はポーランドから陸路で運ばれ、作業員が二晩で取り付けたという。島の店も品物を待っている。",
        ),
    ),
    WorldStory(
        language="ko", site="항구신문", title="외딴섬 여객선 운항 다시 시작", author="김민수",
        by="글: ", date="2026년 11월 17일", published="입력: ", tags=("여객선", "섬마을"),
        text=(
            "외딴섬을 오가는 여객선이 아흐레 동안의 수리를 마치고 화요일 운항을 다시 시작했다. 부두에는 트럭 마흔 대가 기다렸다.",
            "선사는 새 축을 폴란드에서 육로로 들여와 이틀 밤 만에 달았다고 밝혔다. 섬의 가게들도 물건을 기다리고 있다고 한다.",
        ),
    ),
)  # fmt: skip
"""Written for the tests."""
