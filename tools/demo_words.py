"""What people say in the demo's past."""

NAMES = {
    "ja": (
        "佐藤 由美",
        "鈴木 健一",
        "高橋 直子",
        "田中 誠",
        "伊藤 恵",
        "渡辺 浩",
        "山本 彩",
        "中村 大輔",
        "小林 真理",
        "加藤 隆",
        "吉田 久美子",
        "山田 翔太",
        "佐々木 愛",
        "山口 修",
        "松本 千尋",
        "井上 剛",
        "木村 香織",
        "林 和也",
        "斎藤 美咲",
        "清水 武",
    ),
    "en": (
        "Alex Morgan",
        "Priya Nair",
        "Tom Becker",
        "Grace Kim",
        "Daniel Ortiz",
        "Sofia Rossi",
        "Liam Walsh",
        "Mei Chen",
    ),
}
COMPANIES = ("みなと食堂", "青葉デザイン", "北浜クリニック", "丸福商店")
REASONS = {
    "ja": (
        "洗濯機が脱水の途中で止まります",
        "エアコンから水が漏れています",
        "冷蔵庫が冷えません",
        "修理の見積もりについて",
        "訪問日を変更したい",
        "電子レンジの扉が閉まらない",
        "保証期間を知りたい",
        "テレビの画面に線が入ります",
        "食洗機のエラーE4について",
        "部品の取り寄せはできますか",
        "請求金額を確認したい",
        "掃除機の吸い込みが弱い",
    ),
    "en": (
        "My washing machine stops in mid-spin",
        "The air conditioner is leaking",
        "The fridge is not cold",
        "A quote for a repair",
        "I want to change the visit",
        "Error E4 on the dishwasher",
        "A question about my bill",
    ),
}
NOTES = (
    "型番を確認。訪問修理を手配済み。",
    "排水ホースの掃除を案内、解消。",
    "見積もりをSMSで送付予定。",
    "部品の在庫あり、来週訪問。",
    "保証対象外と説明、了承。",
    "折り返し不要とのこと。",
    "Visit booked for Thursday.",
    "Explained the warranty terms.",
)
WORDS = {
    "ja": {
        "greeting": "ご用件をお聞かせください。",
        "when": "ご都合のよい日時を教えてください。",
        "then": "それでお願いします",
        "booked": "ご予約を承りました。お時間になりましたらお電話します。",
    },
    "en": {
        "greeting": "How can we help you?",
        "when": "When would suit you?",
        "then": "That works for me",
        "booked": "Your callback is booked. We will call you at that time.",
    },
}
THANKS = {"ja": ("ありがとうございます", "よろしくお願いします", "助かります"), "en": ("Thank you", "Great, thanks")}
